"""How a request to an incoming webhook proves who sent it: one shape for each signing scheme, told apart by `type`.

What a signature must be is decided in `streams/core/verifying`; here is what can be saved.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from schemas.definitions.forms import Form

__all__ = [
    "HmacVerification",
    "NoVerification",
    "StandardWebhooksVerification",
    "TextSecretVerification",
    "Verification",
    "signing_key",
]

MAX_SECRETS = 10
MAX_SECRET = 512  # characters
MAX_HEADER = 128
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name, RFC 9110


def secret(text: str) -> str:
    """A secret as it was pasted; what surrounds it by mistake is refused, never cut off."""
    if not 0 < len(text) <= MAX_SECRET:
        raise ValueError(f"a secret has 1 to {MAX_SECRET} characters")
    if text != text.strip() or not text.isprintable():
        raise ValueError("a secret has no blank at its ends and no character that cannot be printed")
    return text


def signing_key(text: str) -> bytes | None:
    """The key that a Standard Webhooks secret is: base64, `whsec_` before it or not; None where it is none."""
    encoded = text.removeprefix("whsec_")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True) or None
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None


def standard_secret(text: str) -> str:
    if signing_key(secret(text)) is None:
        raise ValueError("a secret of Standard Webhooks is whsec_ and base64")
    return text


def header(name: str) -> str:
    if len(name) > MAX_HEADER or not TOKEN.fullmatch(name):
        raise ValueError(f"the name of a header has 1 to {MAX_HEADER} letters, digits, or hyphens, and no blank")
    return name


def different(secrets: list[str]) -> list[str]:
    if len(set(secrets)) < len(secrets):
        raise ValueError("a secret stands here twice")
    return secrets


TextSecrets = Annotated[
    list[Annotated[str, AfterValidator(secret)]],
    Field(min_length=1, max_length=MAX_SECRETS),
    AfterValidator(different),
]
StandardSecrets = Annotated[
    list[Annotated[str, AfterValidator(standard_secret)]],
    Field(min_length=1, max_length=MAX_SECRETS),
    AfterValidator(different),
]


class NoVerification(Form):
    """Whoever knows the URL may send. `secrets` may be there, empty, as forms send it."""

    type: Literal["none"] = "none"
    secrets: Annotated[list[str], Field(max_length=0)] = Field([])


class StandardWebhooksVerification(Form):
    """Standard Webhooks: id, timestamp and body, signed with any of the secrets."""

    type: Literal["standard_webhooks"]
    secrets: StandardSecrets


class TextSecretVerification(Form):
    """Stripe, GitHub, Shopify and Slack: their headers, and secrets that are the text they show."""

    type: Literal["stripe", "github", "shopify", "slack"]
    secrets: TextSecrets


class HmacVerification(Form):
    """An HMAC of the body in a header; the name of the algorithm and `=` may stand before it."""

    type: Literal["hmac"]
    secrets: TextSecrets
    header: Annotated[str, AfterValidator(header)]
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"


def kind_of(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return TEXT_SECRETS if kind in PROVIDERS else kind if kind in TYPES else None


PROVIDERS = ("stripe", "github", "shopify", "slack")
TEXT_SECRETS = "text_secrets"
TYPES = ("none", "standard_webhooks", *PROVIDERS, "hmac")
ARMS = ("none", "standard_webhooks", TEXT_SECRETS, "hmac")  # of the union, as locations of errors name them

Verification = Annotated[
    Annotated[NoVerification, Tag("none")]
    | Annotated[StandardWebhooksVerification, Tag("standard_webhooks")]
    | Annotated[TextSecretVerification, Tag(TEXT_SECRETS)]
    | Annotated[HmacVerification, Tag("hmac")],
    Discriminator(kind_of, "verification_type", f"give an object whose `type` is one of {', '.join(TYPES)}"),
]
