"""Signature V4 is byte for byte what botocore makes."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from hypothesis import given, settings

from schemas.errors import FieldInvalid
from streams.core.signing import OutgoingRequest, signed
from tests.streams.core.signing.botocore_oracle import botocore_headers
from tests.streams.core.signing.requests import CREDENTIALS, MESSAGES, MOMENTS, NOW, URLS, a_request, aws


@settings(max_examples=1000, deadline=None)
@given(MESSAGES, MOMENTS, CREDENTIALS)
def test_signature_v4_is_byte_equal_to_botocore(message: OutgoingRequest, now: int, fields: dict[str, str]) -> None:
    authentication = aws(**fields)
    ours = signed(authentication, message, now)
    theirs = botocore_headers(SigV4Auth, authentication, ours, now)
    assert ours.header("Authorization") == theirs["authorization"]
    assert ours.header("X-Amz-Date") == theirs["x-amz-date"]
    assert "SignedHeaders=content-type;host;x-amz-date," in ours.header("Authorization")


def test_the_published_form_case_of_aws_has_its_signature() -> None:
    authentication = aws(region="us-east-1", service="service")
    request = a_request(
        "https://example.amazonaws.com/", b"Param1=value1", Content_Type="application/x-www-form-urlencoded"
    )
    assert signed(authentication, request, 1_440_938_160_000).header("authorization") == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    )


@given(URLS)
def test_the_url_that_comes_back_leads_to_the_same_place(url: str) -> None:
    before, after = urlsplit(url), urlsplit(signed(aws(), a_request(url), NOW).url)
    assert (after.scheme, after.hostname) == (before.scheme, before.hostname)
    assert unquote(after.path) == unquote(before.path or "/")
    assert unquote(after.query) == unquote(before.query)


def test_the_url_that_comes_back_is_the_one_that_libcurl_sends() -> None:
    request = signed(aws(), a_request("https://CRM.Example:443/%c3%bc/../%7e?q=%e1#part"), NOW)
    assert request.url == "https://crm.example/%C3%BC/../%7E?q=%E1"
    assert request.header("host") == "crm.example"


def test_the_headers_of_the_message_stay_and_a_second_signing_replaces_the_first() -> None:
    once = signed(aws(), a_request(), NOW)
    again = signed(aws(), once, NOW + 1000)
    assert once.headers[:4] == a_request().headers
    assert [name for name, _ in again.headers] == [name for name, _ in once.headers]
    assert again.header("authorization") != once.header("authorization")
    assert again == signed(aws(), a_request(), NOW + 1000)


@pytest.mark.parametrize(
    "url", ["ftp://crm.example/", "https:///hooks", "crm.example", "https://crm.example:x/", "https://[::1/"]
)
def test_what_is_no_url_cannot_be_signed(url: str) -> None:
    with pytest.raises(FieldInvalid, match=r"^url: "):
        signed(aws(), a_request(url), NOW)
