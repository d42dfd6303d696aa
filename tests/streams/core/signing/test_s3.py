"""Objects of S3: byte for byte botocore's signature, and taken by a server that checks it, through libcurl."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote

import pycurl
import pytest
from botocore.auth import S3SigV4Auth
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import FieldInvalid
from streams.core.signing import OutgoingRequest, signed
from streams.core.signing.aws import Draft, authorization
from streams.core.signing.canonical import target
from streams.core.signing.s3 import S3, object_url
from tests.streams.core.signing.botocore_oracle import botocore_headers
from tests.streams.core.signing.requests import CREDENTIALS, MESSAGES, MOMENTS, NOW, a_request, aws
from tests.streams.core.signing.s3_server import Server, s3_server

NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=1, max_size=3)
AUTHENTICATION = aws("aws_s3", region="us-east-1", service="s3")


def encoded(*parts: str) -> str:
    return "/".join(quote(part, safe="") for part in parts)


def put(request: OutgoingRequest) -> int:
    """Send it as the courier does; the status."""
    curl = pycurl.Curl()
    try:
        curl.setopt(pycurl.URL, request.url)
        curl.setopt(pycurl.PATH_AS_IS, 1)
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)
        curl.setopt(pycurl.POSTFIELDS, request.body)
        curl.setopt(pycurl.HTTPHEADER, [*(f"{name}: {value}" for name, value in request.headers), "Expect:"])
        curl.setopt(pycurl.WRITEDATA, io.BytesIO())
        curl.perform()
        status: int = curl.getinfo(pycurl.RESPONSE_CODE)
        return status
    finally:
        curl.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with s3_server(AUTHENTICATION) as running:
        yield running


@settings(max_examples=1000, deadline=None)
@given(MESSAGES, NAMES, MOMENTS, CREDENTIALS)
def test_the_signature_of_s3_is_byte_equal_to_botocore(
    message: OutgoingRequest, names: list[str], now: int, fields: dict[str, str]
) -> None:
    authentication = aws("aws_s3", **fields)
    ours = signed(authentication, message, now, encoded(*names))
    theirs = botocore_headers(S3SigV4Auth, authentication, ours, now)
    assert ours.method == "PUT"
    for name in ("authorization", "x-amz-date", "x-amz-content-sha256"):
        assert ours.header(name) == theirs[name]


def test_the_published_put_of_s3_has_its_signature() -> None:
    digest = sha256(b"Welcome to Amazon S3.").hexdigest()
    draft = Draft(
        method="PUT",
        target=target(object_url("https://examplebucket.s3.amazonaws.com", "test%24file.text")),
        headers=(
            ("date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", digest),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ),
        digest=digest,
        second=1_369_353_600,
    )
    keys = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
    made = authorization(S3, aws(region="us-east-1", service="s3", **keys), draft)
    assert made.endswith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


@pytest.mark.parametrize(
    ("folder", "name", "key"),
    [
        ("/bucket", ("plain.json",), "bucket/plain.json"),
        ("", ("plain.json",), "plain.json"),
        ("/bucket/", ("plain.json",), "bucket/plain.json"),
        ("/bucket//", ("plain.json",), "bucket//plain.json"),
        ("/bucket//a/./b/../c", ("plain.json",), "bucket//a/./b/../c/plain.json"),
        ("/bucket/a+b", ("x.json",), "bucket/a+b/x.json"),
        ("/bucket/a%2bb%c3%bc(1)", ("x.json",), "bucket/a+b\u00fc(1)/x.json"),
        ("/bucket", ("2026", "a b+c~d.json"), "bucket/2026/a b+c~d.json"),
        ("/bucket", ("\u00fc\u05e9\U0001f600 100%.json",), "bucket/\u00fc\u05e9\U0001f600 100%.json"),
        ("/bucket", ("a&b=c?d#e;f:g@h,i$j!k'l(m)*",), "bucket/a&b=c?d#e;f:g@h,i$j!k'l(m)*"),
        ("/bucket", ('"<>[]{}|\\^`',), 'bucket/"<>[]{}|\\^`'),
    ],
)
def test_a_server_that_checks_signatures_takes_every_key(
    server: Server, folder: str, name: tuple[str, ...], key: str
) -> None:
    body = f'{{"key":"{len(key)}"}}'.encode()
    request = signed(AUTHENTICATION, a_request(f"{server.url}{folder}", body), NOW, encoded(*name))
    assert put(request) == 200
    assert server.objects[key] == ("application/json", body)
    assert server.lines[-1] == f"PUT {request.url.removeprefix(server.url)} HTTP/1.1"


def test_a_query_of_the_url_is_kept_and_signed(server: Server) -> None:
    request = signed(AUTHENTICATION, a_request(f"{server.url}/bucket?b=%c3%bc&a"), NOW, "q.json")
    assert request.url == f"{server.url}/bucket/q.json?b=%C3%BC&a"
    assert put(request) == 200


def test_the_server_refuses_another_body_and_another_secret(server: Server) -> None:
    request = signed(AUTHENTICATION, a_request(f"{server.url}/bucket"), NOW, "wrong.json")
    assert put(OutgoingRequest("PUT", request.url, request.headers, b"{ }")) == 403
    assert put(signed(AUTHENTICATION | {"secret_access_key": "x"}, request, NOW, "wrong.json")) == 403
    assert "bucket/wrong.json" not in server.objects


def test_without_a_filename_there_is_no_object() -> None:
    with pytest.raises(FieldInvalid, match=r"^authentication\.filename: "):
        signed(AUTHENTICATION, a_request(), NOW)
