"""Requests to sign: one with valid defaults, and strategies for random ones such as a site's URL allows."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from streams.core.signing import OutgoingRequest

NOW = 1_764_000_000_000  # ms

# What a URL's path and query may hold once a site was saved: printable ASCII without blank, `?` and `#`.
CHARACTERS = "".join(sorted(set(string.printable) - set(string.whitespace) - set("?#")))
ESCAPES = st.sampled_from(
    ["%20", "%2f", "%2F", "%c3%bc", "%C3%BC", "%7e", "%25", "%2B", "%26", "%3d", "%3B", "%zz", "%"]
)
TEXTS = st.lists(st.text(CHARACTERS, max_size=6) | ESCAPES, max_size=4).map("".join)
SEGMENTS = TEXTS | st.sampled_from(["", ".", "..", "...", "..a", "a..", "~", "hooks"])
PATHS = st.lists(SEGMENTS, max_size=6).map(lambda parts: "/" + "/".join(parts)) | st.just("")
QUERIES = st.just("") | st.lists(TEXTS, max_size=5).map(lambda parts: "?" + "&".join(parts))
HOSTS = st.sampled_from(
    [
        "crm.example",
        "CRM.Example",
        "crm.example:80",
        "crm.example:443",
        "crm.example:8443",
        "127.0.0.1:9000",
        "[2001:db8::1]",
        "[2001:DB8::1]:444",
    ]
)
URLS = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https"]), HOSTS, PATHS, QUERIES)
MOMENTS = st.integers(0, 4_102_444_800_000)
WORDS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=12)
KEY_IDS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=20)
SECRETS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
CONTENT_TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "application/json; charset=utf-8", "text/plain;  a=b"]
)
BODIES = st.binary(max_size=200)
TEXT_BODIES = st.text(st.characters(exclude_categories=["Cs"]), max_size=100).map(str.encode)
CREDENTIALS = st.fixed_dictionaries(
    {"region": WORDS, "service": WORDS, "access_key_id": KEY_IDS, "secret_access_key": SECRETS}
)


def a_request(url: str = "https://crm.example/hooks", body: bytes = b"{}", **headers: str) -> OutgoingRequest:
    """The message before it is signed; a header's `_` is `-`."""
    plain = {
        "Content-Type": "application/json",
        "User-Agent": "Hookline/1",
        "webhook-id": "dlv_1",
        "webhook-timestamp": "1764000000",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return OutgoingRequest("POST", url, tuple((plain | named).items()), body)


def aws(kind: str = "aws", **fields: Any) -> dict[str, Any]:
    """The authentication of a site."""
    return {
        "type": kind,
        "region": "eu-west-1",
        "service": "execute-api",
        "access_key_id": "AKIDEXAMPLE",
        "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "algorithm_prefix": None,
        "vendor_key": None,
    } | fields


def moment(now: int) -> datetime:
    """Milliseconds as botocore and escherauth take a time."""
    return datetime.fromtimestamp(now // 1000, UTC)


MESSAGES = st.builds(a_request, URLS, BODIES, Content_Type=CONTENT_TYPES)
