"""How a message proves to a site that it is ours: the five types, their fields and what is wrong with a field.

Secrets are the fields `password`, `secret_access_key` and `secrets`; they are sealed at rest and masked by these names.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from schemas.definitions.filenames import DEFAULT_FILENAME, filename_problem
from schemas.definitions.forms import Form

__all__ = [
    "TYPES",
    "Authentication",
    "AwsAuthentication",
    "AwsS3Authentication",
    "BasicAuthentication",
    "NoAuthentication",
    "StandardWebhooksAuthentication",
    "secret_problem",
]

WORD = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
PREFIX = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES = range(24, 65)
MAX_SECRETS = 10


def blank_is(default: str | None) -> BeforeValidator:
    """None and blank text become `default`."""
    return BeforeValidator(lambda value: default if value is None or (isinstance(value, str) and not value) else value)


def word(text: str) -> str:
    if not WORD.fullmatch(text):
        raise ValueError("has other characters than letters, digits, - and _, such as eu-west-1")
    return text


def prefix(text: str) -> str:
    if not PREFIX.fullmatch(text):
        raise ValueError("has other characters than letters, digits and _, such as EMS")
    return text


def without_control_characters(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("has a control character, such as a line break")
    return text


def trimmed(text: str) -> str:
    if text != text.strip():
        raise ValueError("has a blank at its beginning or end; was it copied with one?")
    return text


def without_colon(text: str) -> str:
    if ":" in text:
        raise ValueError("a username has no colon: what follows it would be read as the password (RFC 7617)")
    return text


def key_id(text: str) -> str:
    if not text.isascii() or not text.isprintable() or set("/,=") & set(text):
        raise ValueError("an access key id has printable ASCII characters only, and none of / , =")
    return text


def name_of_object(text: str) -> str:
    if problem := filename_problem(text):
        raise ValueError(problem)
    return text


def secret_problem(text: str) -> str | None:
    """What is wrong with a Standard Webhooks secret; None where nothing is. The sentence does not contain it."""
    if not text.startswith(SECRET_PREFIX):
        return "a secret begins with whsec_"
    encoded = text.removeprefix(SECRET_PREFIX)
    try:
        size = len(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        return "what follows whsec_ is not base64 (letters, digits, + and /, padded with =)"
    if size not in SECRET_BYTES:
        return f"a secret is {SECRET_BYTES[0]} to {SECRET_BYTES[-1]} bytes in base64; this one has {size}"
    return None


def signing_secret(text: str) -> str:
    if problem := secret_problem(text):
        raise ValueError(problem)
    return text


def distinct(secrets: list[str]) -> list[str]:
    if len(set(secrets)) != len(secrets):
        raise ValueError("a secret stands twice in the list")
    return secrets


Word = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(word)]
Control = AfterValidator(without_control_characters)
KeyId = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(key_id), AfterValidator(trimmed)]
SecretKey = Annotated[str, Field(min_length=1, max_length=1024, repr=False), Control, AfterValidator(trimmed)]


class NoAuthentication(Form):
    """No header."""

    type: Literal["none"] = "none"


class BasicAuthentication(Form):
    """`Authorization: Basic`, in UTF-8 (RFC 7617)."""

    type: Literal["basic"]
    username: Annotated[str, Field(min_length=1, max_length=256), Control, AfterValidator(without_colon)]
    password: Annotated[str, Field(min_length=1, max_length=1024, repr=False), Control]


class AwsAuthentication(Form):
    """AWS Signature V4 with both optional fields blank, Escher with one of them or both."""

    type: Literal["aws"]
    region: Word
    service: Word
    access_key_id: KeyId
    secret_access_key: SecretKey
    algorithm_prefix: Annotated[Annotated[str, Field(max_length=32), AfterValidator(prefix)] | None, blank_is(None)] = (
        None
    )
    vendor_key: Annotated[Annotated[str, Field(max_length=64), AfterValidator(word)] | None, blank_is(None)] = None


class AwsS3Authentication(Form):
    """The message is put as an object, signed as S3 wants it; `filename` is its name below the site's URL."""

    type: Literal["aws_s3"]
    region: Annotated[Word, blank_is("us-east-1")] = "us-east-1"
    service: Annotated[Word, blank_is("s3")] = "s3"
    access_key_id: KeyId
    secret_access_key: SecretKey
    filename: Annotated[str, AfterValidator(name_of_object), blank_is(DEFAULT_FILENAME)] = DEFAULT_FILENAME


SENT_SECRET = WithJsonSchema(
    {
        "description": "a secret, or what a GET gave of it, which keeps it",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        ],
    }
)


class StandardWebhooksAuthentication(Form):
    """`webhook-signature` by the Standard Webhooks specification; every secret signs, so that they can be rotated."""

    type: Literal["standard_webhooks"]
    secrets: Annotated[
        list[Annotated[str, AfterValidator(signing_secret), SENT_SECRET]],
        Field(min_length=1, max_length=MAX_SECRETS, repr=False),
        AfterValidator(distinct),
    ]


TYPES = ("none", "basic", "aws", "aws_s3", "standard_webhooks")


def kind_of(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if kind in TYPES else None


Authentication = Annotated[
    Annotated[NoAuthentication, Tag("none")]
    | Annotated[BasicAuthentication, Tag("basic")]
    | Annotated[AwsAuthentication, Tag("aws")]
    | Annotated[AwsS3Authentication, Tag("aws_s3")]
    | Annotated[StandardWebhooksAuthentication, Tag("standard_webhooks")],
    Discriminator(kind_of, "authentication_type", f"give an object whose `type` is one of {', '.join(TYPES)}"),
]
