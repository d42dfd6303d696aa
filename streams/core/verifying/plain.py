"""An HMAC of the body alone in one header: GitHub, Shopify, and every sender that is described by its header.

Without a timestamp an old request can be sent again; deduplication helps against that.
"""

from __future__ import annotations

from collections.abc import Callable

from streams.core.verifying.claims import Claim, Headers, Reason, Unproven

__all__ = ["GITHUB", "SHOPIFY", "described", "github", "shopify"]

GITHUB = "x-hub-signature-256"
SHOPIFY = "x-shopify-hmac-sha256"


def github(headers: Headers) -> Claim:
    """`X-Hub-Signature-256: sha256=HEX`; the older header with SHA-1 is not asked.

    Raises:
        Unproven: it cannot be read.
    """
    algorithm, equals, signature = headers.one(GITHUB).partition("=")
    if algorithm != "sha256" or not equals:
        raise Unproven(Reason.HEADER_MALFORMED, GITHUB)
    return Claim(GITHUB, (signature,))


def shopify(headers: Headers) -> Claim:
    """`X-Shopify-Hmac-Sha256: BASE64`.

    Raises:
        Unproven: it is not there.
    """
    return Claim(SHOPIFY, (headers.one(SHOPIFY),))


def described(header: str, algorithm: str, encoding: str) -> Callable[[Headers], Claim]:
    """A reader of a header that a definition names; `sha256=` may stand before, hex may be in capitals."""

    def read(headers: Headers) -> Claim:
        signature = headers.one(header).removeprefix(f"{algorithm}=")
        return Claim(header, (signature.lower() if encoding == "hex" else signature,))

    return read
