"""Stripe: `Stripe-Signature: t=SECONDS,v1=HEX,v1=HEX`; the timestamp, a dot and the body are signed."""

from __future__ import annotations

from streams.core.verifying.claims import Claim, Headers, Reason, Unproven, seconds

__all__ = ["HEADERS", "read"]

NAME = "stripe-signature"
HEADERS = frozenset({NAME})


def read(headers: Headers) -> Claim:
    """What the header says; other schemes than `v1` are passed over.

    Raises:
        Unproven: it cannot be read, or has not one timestamp.
    """
    pairs = [item.partition("=") for item in headers.one(NAME).split(",")]
    times = [value for key, _, value in pairs if key == "t"]
    signatures = tuple(value for key, _, value in pairs if key == "v1")
    if len(times) != 1 or not signatures or not all(equals for _, equals, _ in pairs):
        raise Unproven(Reason.HEADER_MALFORMED, NAME)
    at = seconds(times[0], NAME)
    return Claim(NAME, signatures, f"{times[0]}.".encode(), at, NAME)
