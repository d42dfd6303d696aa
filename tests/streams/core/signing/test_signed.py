"""What holds for every type: one function, no secret in a message, no header that ends early."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import FieldInvalid
from streams.core.signing import OutgoingRequest, signed
from tests.streams.core.signing.requests import NOW, a_request, aws

EVERY_TYPE: list[dict[str, Any]] = [
    {"type": "none"},
    {"type": "basic", "username": "till", "password": "s3cret"},
    aws(secret_access_key="s3cret"),
    aws(secret_access_key="s3cret", algorithm_prefix="EMS"),
    aws("aws_s3", secret_access_key="s3cret"),
    {"type": "standard_webhooks", "secrets": ["whsec_" + "s3cret" * 8]},
]


def test_none_leaves_the_request_as_it_is() -> None:
    assert signed({"type": "none"}, a_request(), NOW) == a_request()


@pytest.mark.parametrize("authentication", EVERY_TYPE, ids=lambda each: each["type"])
def test_the_body_and_the_headers_of_the_message_go_out_as_they_are(authentication: dict[str, Any]) -> None:
    sent = signed(authentication, a_request(body=b"\x00\xff"), NOW, "name.json")
    assert sent.body == b"\x00\xff"
    assert sent.headers[: len(a_request().headers)] == a_request().headers


@pytest.mark.parametrize("authentication", EVERY_TYPE, ids=lambda each: each["type"])
def test_the_same_arguments_give_the_same_request(authentication: dict[str, Any]) -> None:
    assert signed(authentication, a_request(), NOW, "a.json") == signed(authentication, a_request(), NOW, "a.json")


@pytest.mark.parametrize("authentication", EVERY_TYPE, ids=lambda each: each["type"])
def test_no_credential_shows_in_a_request_s_repr(authentication: dict[str, Any]) -> None:
    shown = repr(signed(authentication, a_request(), NOW, "a.json"))
    assert "uthorization" not in shown
    assert "ignature" not in shown


@pytest.mark.parametrize("field", ["region", "service", "access_key_id"])
@pytest.mark.parametrize("kind", ["aws", "aws_s3"])
def test_a_header_cannot_be_ended_by_what_was_stored(kind: str, field: str) -> None:
    with pytest.raises(FieldInvalid, match=r"^Authorization: ") as refused:
        signed(aws(kind, **{field: "a\r\nX-Evil: 1"}), a_request(), NOW, "a.json")
    assert "Evil" not in str(refused.value)


def test_a_type_of_a_later_version_is_said_to_be_unknown() -> None:
    with pytest.raises(FieldInvalid, match=r"^authentication\.type: 'oauth2' is not known"):
        signed({"type": "oauth2"}, a_request(), NOW)


def test_a_header_is_found_in_any_case_and_replaced() -> None:
    request = OutgoingRequest("POST", "https://crm.example", (("Date", "1"), ("x", "2")), b"")
    assert (request.header("DATE"), request.header("y")) == ("1", "")
    assert request.with_headers(("date", "3")).headers == (("x", "2"), ("date", "3"))
