"""Escher is accepted by its own library, and refused by it when anything was changed."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from escherauth import Escher, EscherException
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.signing import OutgoingRequest, signed
from streams.core.signing.aws import Draft, authorization, escher
from streams.core.signing.canonical import escher_path, target
from tests.streams.core.signing.escher_oracle import accepts
from tests.streams.core.signing.requests import (
    CREDENTIALS,
    MOMENTS,
    NOW,
    TEXT_BODIES,
    URLS,
    WORDS,
    a_request,
    aws,
)

# From the test cases that the Escher libraries share (MIT licence, Emarsys): those that a sender of ours can meet.
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "escher_cases.json").read_text())
CASES_AT = 1_315_611_360  # Fri, 09 Sep 2011 23:36:00 GMT, in Unix seconds
PREFIXES = st.text("ABCXYZabc019_", min_size=1, max_size=8)


@settings(max_examples=1000, deadline=None)
@given(st.builds(a_request, URLS, TEXT_BODIES), MOMENTS, CREDENTIALS, PREFIXES, WORDS)
def test_escher_is_accepted_by_its_own_library(
    message: OutgoingRequest, now: int, fields: dict[str, str], prefix: str, vendor: str
) -> None:
    authentication = aws(algorithm_prefix=prefix, vendor_key=vendor, **fields)
    request = signed(authentication, message, now)
    scope = f"{fields['region']}/{fields['service']}/{vendor.lower()}_request"
    assert accepts(request, authentication, scope, prefix, now) == fields["access_key_id"]


@settings(max_examples=1000, deadline=None)
@given(st.text("a./", max_size=30).map(lambda rest: f"/{rest}"))
def test_a_path_is_reduced_as_by_escher_s_own_library(path: str) -> None:
    assert escher_path(path) == Escher("id", "secret", "scope").canonicalize_path(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_published_cases_of_escher_have_their_signatures(case: dict[str, Any]) -> None:
    dialect = escher("AWS4", "AWS4")
    assert dialect is not None
    draft = Draft(
        method=case["method"],
        target=target(f"http://host.foo.com{case['url']}"),
        headers=tuple((name, value) for name, value in case["headers"]),
        digest=sha256(case["body"].encode()).hexdigest(),
        second=CASES_AT,
    )
    made = authorization(dialect, aws(region="us-east-1", service="host"), draft)
    names = ";".join(sorted(name for name, _ in case["headers"]))
    assert made == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20110909/us-east-1/host/aws4_request, "
        f"SignedHeaders={names}, Signature={case['signature']}"
    )


@pytest.mark.parametrize(
    ("given_prefix", "given_vendor", "prefix", "terminator"),
    [
        ("EMS", "Emarsys", "EMS", "emarsys_request"),
        ("EMS", None, "EMS", "ems_request"),
        ("EMS", "", "EMS", "ems_request"),
        (None, "Emarsys", "AWS4", "emarsys_request"),
        ("AWS4", None, "AWS4", "aws4_request"),
    ],
)
def test_of_prefix_and_vendor_key_one_stands_in_for_the_other(
    given_prefix: str | None, given_vendor: str | None, prefix: str, terminator: str
) -> None:
    authentication = aws(algorithm_prefix=given_prefix, vendor_key=given_vendor)
    request = signed(authentication, a_request(), NOW)
    assert request.header("authorization").startswith(f"{prefix}-HMAC-SHA256 Credential=AKIDEXAMPLE/20251124/")
    assert "SignedHeaders=date;host," in request.header("authorization")
    assert request.header("date") == "Mon, 24 Nov 2025 16:00:00 GMT"
    assert not request.header("x-amz-date")
    assert accepts(request, authentication, f"eu-west-1/execute-api/{terminator}", prefix)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b"[]"},
        {"url": "https://crm.example/other"},
        {"url": "https://crm.example/hooks?a=1"},
        {"method": "PUT"},
        {"Date": "Mon, 24 Nov 2025 16:00:01 GMT"},
        {"Host": "other.example"},
    ],
    ids=str,
)
def test_a_message_that_was_changed_is_refused(changed: dict[str, Any]) -> None:
    authentication = aws(algorithm_prefix="EMS", vendor_key="Emarsys")
    request = signed(authentication, a_request(), NOW)
    headers = tuple((name, changed.get(name, value)) for name, value in request.headers)
    fields = {"method": request.method, "url": request.url, "body": request.body} | changed
    other = OutgoingRequest(fields["method"], fields["url"], headers, fields["body"])
    with pytest.raises(EscherException, match="signatures do not match"):
        accepts(other, authentication, "eu-west-1/execute-api/emarsys_request", "EMS")
