"""The authentication of a site: what is taken, what is filled in, and what is refused where."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.definitions.authentication import TYPES, Authentication, secret_problem
from schemas.definitions.forms import Form
from schemas.definitions.secrets import MASK, mask

BASIC: dict[str, Any] = {"type": "basic", "username": "till", "password": "s3cret: \u00fc"}
AWS: dict[str, Any] = {
    "type": "aws",
    "region": "eu-west-1",
    "service": "execute-api",
    "access_key_id": "AKID EXAMPLE_1",
    "secret_access_key": "wJalr/XUtn+FEMI=",
    "algorithm_prefix": "EMS",
    "vendor_key": "Emarsys",
}
S3: dict[str, Any] = {
    "type": "aws_s3",
    "region": "eu-west-1",
    "service": "s3",
    "access_key_id": "AKIDEXAMPLE",
    "secret_access_key": "wJalr/XUtn+FEMI=",
    "filename": "{date:%Y/%m}/{id}.{ext}",
}
STANDARD: dict[str, Any] = {"type": "standard_webhooks", "secrets": ["whsec_" + "AQ" * 16, "whsec_" + "Ag" * 16]}
EVERY_TYPE: list[dict[str, Any]] = [{"type": "none"}, BASIC, AWS, S3, STANDARD]


class Holder(Form):
    """Stands for a site."""

    authentication: Authentication


def held(value: Any) -> Holder:
    return Holder.model_validate({"authentication": value})


def saved(value: Any) -> Any:
    return held(value).model_dump()["authentication"]


def refused(value: Any) -> list[tuple[str, str]]:
    """Path and sentence of each wrong field; `authentication` and the name of its type are left out."""
    with pytest.raises(ValidationError) as error:
        held(value)
    return [(".".join(str(part) for part in each["loc"][2:]), each["msg"]) for each in error.value.errors()]


def whsec(size: int) -> str:
    return f"whsec_{base64.b64encode(bytes(size)).decode()}"


@pytest.mark.parametrize("value", EVERY_TYPE, ids=lambda value: value["type"])
def test_what_was_given_comes_out_whole(value: dict[str, Any]) -> None:
    assert saved(value) == value
    assert saved(saved(value)) == value


def test_every_type_of_the_list_is_taken() -> None:
    assert tuple(value["type"] for value in EVERY_TYPE) == TYPES


@pytest.mark.parametrize("blank", ["", None])
def test_blank_fields_take_their_defaults(blank: str | None) -> None:
    s3 = saved(S3 | {"region": blank, "service": blank, "filename": blank})
    assert (s3["region"], s3["service"], s3["filename"]) == ("us-east-1", "s3", "{action}-{date}-{id}.{ext}")
    aws = saved(AWS | {"algorithm_prefix": blank, "vendor_key": blank})
    assert (aws["algorithm_prefix"], aws["vendor_key"]) == (None, None)


def test_fields_that_may_be_left_out_are_present_in_what_comes_out() -> None:
    short = {name: S3[name] for name in ("type", "access_key_id", "secret_access_key")}
    assert set(saved(short)) == set(S3)
    assert saved({name: AWS[name] for name in list(AWS)[:5]})["vendor_key"] is None


@pytest.mark.parametrize("value", [{}, {"type": "oauth2"}, {"type": None}, {"type": ["basic"]}, None, "basic", 7, []])
def test_an_unknown_type_is_told_which_there_are(value: Any) -> None:
    assert refused(value) == [("", "give an object whose `type` is one of none, basic, aws, aws_s3, standard_webhooks")]


@pytest.mark.parametrize(
    ("base", "field", "value", "said"),
    [
        (BASIC, "username", "a:b", "no colon"),
        (BASIC, "username", "", "at least 1 character"),
        (BASIC, "username", None, "valid string"),
        (BASIC, "username", 7, "valid string"),
        (BASIC, "username", "a\r\nb", "control character"),
        (BASIC, "username", "x" * 257, "at most 256"),
        (BASIC, "password", "", "at least 1 character"),
        (BASIC, "password", "a\nb", "control character"),
        (BASIC, "password", "a\x00", "control character"),
        (BASIC, "password", "x" * 1025, "at most 1024"),
        (BASIC, "password", ["x"], "valid string"),
        (AWS, "region", "", "at least 1 character"),
        (AWS, "region", None, "valid string"),
        (AWS, "region", "eu/west", "such as eu-west-1"),
        (AWS, "region", "eu-west-1\n", "such as eu-west-1"),
        (AWS, "region", " eu-west-1", "such as eu-west-1"),
        (AWS, "region", "x" * 65, "at most 64"),
        (AWS, "service", "", "at least 1 character"),
        (AWS, "service", "execute api", "letters, digits"),
        (AWS, "access_key_id", "", "at least 1 character"),
        (AWS, "access_key_id", "AK/ID", "none of / , ="),
        (AWS, "access_key_id", "AK\r\nID", "printable ASCII"),
        (AWS, "access_key_id", "AK\u00fc", "printable ASCII"),
        (AWS, "access_key_id", "AKID ", "a blank at its beginning or end"),
        (AWS, "secret_access_key", "", "at least 1 character"),
        (AWS, "secret_access_key", " x", "a blank at its beginning or end"),
        (AWS, "secret_access_key", "x\n", "control character"),
        (AWS, "secret_access_key", None, "valid string"),
        (AWS, "algorithm_prefix", "EMS-HMAC", "letters, digits and _"),
        (AWS, "algorithm_prefix", "x" * 33, "at most 32"),
        (AWS, "algorithm_prefix", 4, "valid string"),
        (AWS, "vendor_key", "Ema rsys", "letters, digits"),
        (AWS, "vendor_key", "a/b", "letters, digits"),
        (S3, "region", "eu west", "such as eu-west-1"),
        (S3, "filename", "{name}", "{name} is none of"),
        (S3, "filename", "a//b", "no part between the slashes"),
        (S3, "filename", 7, "valid string"),
        (STANDARD, "secrets", [], "at least 1 item"),
        (STANDARD, "secrets", None, "valid list"),
        (STANDARD, "secrets", "whsec_x", "valid list"),
        (STANDARD, "secrets", [whsec(32)] * 2, "stands twice"),
        (STANDARD, "secrets", [whsec(size) for size in range(24, 35)], "at most 10 items"),
    ],
)
def test_a_wrong_field_is_named_and_told_what_would_be_right(
    base: dict[str, Any], field: str, value: Any, said: str
) -> None:
    problems = refused(base | {field: value})
    assert [path for path, _ in problems] == [field]
    assert said in problems[0][1]


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "begins with whsec_"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with whsec_"),
        ("WHSEC_" + "A" * 32, "begins with whsec_"),
        ("whsec_", "this one has 0"),
        (whsec(23), "24 to 64 bytes in base64; this one has 23"),
        (whsec(65), "this one has 65"),
        ("whsec_" + "A" * 33, "not base64"),
        ("whsec_" + "-_" * 16, "not base64"),
        ("whsec_" + "\u00fc" * 32, "not base64"),
        (whsec(32) + "\n", "not base64"),
        (whsec(32) + " ", "not base64"),
    ],
)
def test_a_secret_of_the_wrong_form_is_refused_by_its_place(secret: str, said: str) -> None:
    assert [(path, said in message) for path, message in refused(STANDARD | {"secrets": [whsec(32), secret]})] == [
        ("secrets.1", True)
    ]


@pytest.mark.parametrize("size", [24, 32, 64])
def test_secrets_of_24_to_64_bytes_are_taken(size: int) -> None:
    assert secret_problem(whsec(size)) is None


@pytest.mark.parametrize("value", EVERY_TYPE, ids=lambda value: value["type"])
def test_a_field_of_another_type_is_refused(value: dict[str, Any]) -> None:
    assert refused(value | {"token": "x"}) == [("token", "Extra inputs are not permitted")]


@pytest.mark.parametrize("value", EVERY_TYPE[1:], ids=lambda value: value["type"])
def test_secrets_show_neither_in_an_error_nor_in_a_repr_nor_masked(value: dict[str, Any]) -> None:
    (name,) = {"password", "secret_access_key", "secrets"} & set(value)
    secrets = value[name] if isinstance(value[name], list) else [value[name]]
    with pytest.raises(ValidationError) as error:
        held(value | {name: [*secrets, "x\n"] if name == "secrets" else f"{secrets[0]}\n"})
    texts = [str(error.value), repr(held(value)), str(mask(saved(value)))]
    assert not [secret for secret in secrets for text in texts if secret in text]
    assert MASK in texts[-1]
