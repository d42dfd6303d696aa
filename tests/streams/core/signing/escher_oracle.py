"""What Escher's own library says of a request: the independent verifier of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from escherauth import Escher

from streams.core.signing import OutgoingRequest
from tests.streams.core.signing.requests import NOW, moment

__all__ = ["accepts"]


def accepts(request: OutgoingRequest, authentication: dict[str, Any], scope: str, prefix: str, now: int = NOW) -> str:
    """The key id that `escherauth` finds to have signed; it raises EscherException otherwise."""
    options = {
        "algo_prefix": prefix,
        "auth_header_name": "Authorization",
        "date_header_name": "Date",
        "current_time": moment(now),
    }
    parts = urlsplit(request.url)
    received = {
        "method": request.method,
        "url": f"{parts.path}?{parts.query}" if parts.query else parts.path,
        "headers": [list(pair) for pair in request.headers],
        "body": request.body.decode(),
    }
    keys = {authentication["access_key_id"]: authentication["secret_access_key"]}
    found: str = Escher(None, None, scope, options).authenticate(received, keys)
    return found
