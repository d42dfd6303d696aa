"""Slack: `X-Slack-Signature: v0=HEX` over `v0`, `X-Slack-Request-Timestamp` and the body, joined by colons."""

from __future__ import annotations

from streams.core.verifying.claims import Claim, Headers, Reason, Unproven, seconds

__all__ = ["HEADERS", "read"]

NAME = "x-slack-signature"
TIMESTAMP = "x-slack-request-timestamp"
HEADERS = frozenset({NAME})
VERSION = "v0"


def read(headers: Headers) -> Claim:
    """What the two headers say.

    Raises:
        Unproven: they cannot be read.
    """
    version, equals, signature = headers.one(NAME).partition("=")
    if version != VERSION or not equals:
        raise Unproven(Reason.HEADER_MALFORMED, NAME)
    text = headers.one(TIMESTAMP)
    at = seconds(text, TIMESTAMP)
    return Claim(NAME, (signature,), f"{VERSION}:{text}:".encode(), at, TIMESTAMP)
