"""A logged request as it arrived, its credentials in clear, and which parts of it people do not see."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.records import IncomingRequest
from streams.core.arriving import Arrived
from streams.core.confirming import SEALED, arrived_again
from streams.edges.keyring import Keyring

__all__ = ["concealed_in", "reopened"]


def reopened(request: IncomingRequest, keyring: Keyring) -> Arrived:
    """The request as it arrived.

    Raises:
        SecretUnreadable: a key is missing.
    """
    return arrived_again(request, keyring.open)


def concealed_in(request: IncomingRequest) -> Iterator[str]:
    """The attributes that are sealed in the log: nobody is shown what they are."""
    yield from (f"headers.{header[0]}" for header in request.headers if len(header) == SEALED)
    if request.query_sealed:
        yield "query"
    if request.body_sealed:
        yield "body"
