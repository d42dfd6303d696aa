"""Basic authentication (RFC 7617): username and password, in UTF-8."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from streams.core.signing.request import OutgoingRequest

__all__ = ["signed_basic"]


def signed_basic(authentication: Mapping[str, Any], request: OutgoingRequest) -> OutgoingRequest:
    """Add `Authorization`."""
    pair = f"{authentication['username']}:{authentication['password']}"
    return request.with_headers(("Authorization", f"Basic {b64encode(pair.encode()).decode()}"))
