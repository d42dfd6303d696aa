"""Standard Webhooks: `webhook-signature` lists signatures of `webhook-id`, `webhook-timestamp` and the body.

The names `svix-id`, `svix-timestamp` and `svix-signature` are the same scheme, older; they are read where the others
are not there.
"""

from __future__ import annotations

from streams.core.verifying.claims import Claim, Headers, Reason, Unproven, seconds

__all__ = ["HEADERS", "read"]

HEADERS = frozenset({"webhook-signature", "svix-signature"})
VERSION = "v1"  # HMAC with SHA-256; v1a is for public keys


def read(headers: Headers) -> Claim:
    """What `id`, `timestamp` and `signature` say.

    Raises:
        Unproven: they cannot be read.
    """
    family = "svix" if "svix-signature" in headers and "webhook-signature" not in headers else "webhook"
    name, timestamp = f"{family}-signature", f"{family}-timestamp"
    at = headers.one(timestamp)
    prefix = b"%b.%b." % (headers.bytes_of(f"{family}-id"), headers.bytes_of(timestamp))
    return Claim(name, signatures(headers.one(name), name), prefix, seconds(at, timestamp), timestamp)


def signatures(value: str, header: str) -> tuple[str, ...]:
    """The signatures of our version in `v1,BASE64 v1,BASE64`; other versions are passed over."""
    pairs = [item.split(",") for item in value.split(" ")]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - a version and a signature
        raise Unproven(Reason.HEADER_MALFORMED, header)
    found = tuple(signature for version, signature in pairs if version == VERSION)
    if not found:
        raise Unproven(Reason.HEADER_MALFORMED, header)
    return found
