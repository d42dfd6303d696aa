"""A logged request as it arrived, its credentials in clear; which parts of it people do not see; its event of then."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.records import CustomerEvent, IncomingRequest
from streams.core.arriving import Arrived
from streams.core.confirming import SEALED, arrived_again
from streams.core.definitions import Compiler
from streams.core.receiving import receive
from streams.edges.keyring import Keyring

__all__ = ["concealed_in", "event_of_request", "event_then", "reopened"]


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


def event_then(request: IncomingRequest, arrived: Arrived, compiler: Compiler) -> CustomerEvent | None:
    """The event that the revision of then makes of a request; None where it makes none, or is not known."""
    view = compiler.account_as_of(request.account, request.config_offset)
    then = compiler.receiving(request.account, request.definition_id, request.definition_revision)
    if view is None or then is None:
        return None
    return receive(view, [then], arrived, request.config_offset).event


def event_of_request(request: IncomingRequest, compiler: Compiler, keyring: Keyring) -> CustomerEvent | None:
    """The same, of a request as it was stored.

    Raises:
        SecretUnreadable: a key is missing.
    """
    return event_then(request, reopened(request, keyring), compiler)
