"""AWS Signature V4 and Escher: one algorithm in different words.

A key is derived from the secret, the day and the scope; with it the string is signed that names the request's digest.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from streams.core.signing.canonical import (
    Target,
    aws_path,
    aws_query,
    escher_path,
    escher_query,
    http_date,
    stamp,
    target,
)
from streams.core.signing.request import Header, OutgoingRequest

__all__ = ["SIGNATURE_V4", "Dialect", "Draft", "authorization", "escher", "signed_aws"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words: `prefix` goes before algorithm and secret, `terminator` ends the scope; how path and query are put."""

    prefix: str
    terminator: str
    path: Callable[[str], str]
    query: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is signed. Names of headers are lower case; `digest` is SHA-256 of the body; `second` is Unix time."""

    method: str
    target: Target
    headers: tuple[Header, ...]
    digest: str
    second: int


SIGNATURE_V4 = Dialect("AWS4", "aws4_request", aws_path, aws_query)


def signed_aws(authentication: Mapping[str, Any], request: OutgoingRequest, now: int) -> OutgoingRequest:
    """Add the headers of Signature V4, or of Escher where a prefix or vendor key is given; `now` in milliseconds.

    `Host` is among them, as it was signed: libcurl would write some addresses in another form.
    """
    place, second = target(request.url), now // 1000
    dialect = escher(authentication.get("algorithm_prefix"), authentication.get("vendor_key"))
    date = ("X-Amz-Date", stamp(second)) if dialect is None else ("Date", http_date(second))
    headers: tuple[Header, ...] = (("host", place.host), (date[0].lower(), date[1]))
    if dialect is None:
        headers = (("content-type", request.header("content-type")), *headers)
    draft = Draft(request.method, place, headers, sha256(request.body).hexdigest(), second)
    proof = authorization(dialect or SIGNATURE_V4, authentication, draft)
    sent = OutgoingRequest(request.method, place.url, request.headers, request.body)
    return sent.with_headers(("Host", place.host), date, ("Authorization", proof))


@lru_cache(maxsize=256)
def escher(prefix: str | None, vendor: str | None) -> Dialect | None:
    """Escher's words; None where neither is given, which is plain Signature V4."""
    if not prefix and not vendor:
        return None
    return Dialect(prefix or "AWS4", f"{(vendor or prefix or '').lower()}_request", escher_path, escher_query)


def authorization(dialect: Dialect, authentication: Mapping[str, Any], draft: Draft) -> str:
    """The value of `Authorization`."""
    headers = sorted(draft.headers)
    names = ";".join(name for name, _ in headers)
    lines = [f"{name}:{' '.join(value.split())}" for name, value in headers]
    path, query = dialect.path(draft.target.path), dialect.query(draft.target.query)
    canonical = "\n".join([draft.method, path, query, *lines, "", names, draft.digest])
    time, region, service = stamp(draft.second), authentication["region"], authentication["service"]
    algorithm, scope = f"{dialect.prefix}-HMAC-SHA256", f"{time[:8]}/{region}/{service}/{dialect.terminator}"
    string = f"{algorithm}\n{time}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = signing_key(dialect.prefix + authentication["secret_access_key"], scope)
    signature = hmac.digest(key, string.encode(), "sha256").hex()
    credential = f"{authentication['access_key_id']}/{scope}"
    return f"{algorithm} Credential={credential}, SignedHeaders={names}, Signature={signature}"


@lru_cache(maxsize=1024)
def signing_key(secret: str, scope: str) -> bytes:
    """The key of one secret, day, region and service; the same for a day, so it is kept."""
    key = secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
