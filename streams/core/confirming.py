"""Confirming: decides a logged request again and holds the result against what its caller was told.

Both decisions are the same pure code over the same revision, so they agree; should they not (two versions of Hookline
during an upgrade), that is a fact to be reported, never an event that nobody was told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from schemas.records import CustomerEvent, IncomingRequest
from streams.core.arriving import Rerun
from streams.core.definitions import AccountView, Receiving
from streams.core.receiving import Arrived, BodyMalformed, ContentTypeRefused, Verdict, body_of, decide, passed

__all__ = ["SEALED", "VerdictChanged", "arrived_again", "confirmed", "first_time"]

SEALED = 3  # parts of a header whose value is ciphertext: name, ciphertext, "sealed"


class VerdictChanged(Exception):
    """The request would be answered differently now; the message says how."""


def arrived_again(request: IncomingRequest, open_sealed: Callable[[str], bytes]) -> Arrived:
    """The request as it arrived, its credentials in clear.

    Raises:
        SecretUnreadable: from `open_sealed`.
    """
    query = open_sealed(request.query).decode() if request.query_sealed else request.query
    body = open_sealed(request.body.decode("ascii")) if request.body_sealed else request.body
    first_id, first_at = first_time(request)
    return Arrived(
        request_id=first_id,
        account=request.account,
        received_at=first_at,
        method=request.method,
        path=request.path,
        query=query,
        headers=list(opened(request.headers, open_sealed)),
        body=body,
        rerun=None if request.run_id is None else Rerun(request.id, ""),
    )


def first_time(request: IncomingRequest) -> tuple[str, int]:
    """The id and the time (ms) under which a request came first, before any run of reprocessing."""
    first = request.reprocessed_request_id
    at = request.first_received_at
    return first or request.id, request.received_at if at is None else at


def opened(headers: list[list[str]], open_sealed: Callable[[str], bytes]) -> Iterator[tuple[str, str]]:
    for header in headers:
        name, value = header[0], header[1]
        yield name, open_sealed(value).decode() if len(header) == SEALED else value


def confirmed(
    view: AccountView | None, definition: Receiving | None, request: IncomingRequest, arrived: Arrived
) -> CustomerEvent:
    """The event that an accepted request became.

    Raises:
        VerdictChanged: it would not be accepted, or its event would have another id.
    """
    if view is None or definition is None:
        revision = f"{request.definition_id}, revision {request.definition_revision}"
        raise VerdictChanged(f"config has no incoming webhook {revision}")
    checked = definition.verifier.check(arrived.body, arrived.headers, arrived.received_at)
    if not checked.verified:
        raise VerdictChanged(f"it would not be verified now: {checked.detail}")
    try:
        body = body_of(arrived.header("content-type"), arrived.body)
    except (ContentTypeRefused, BodyMalformed) as error:
        raise VerdictChanged(f"its body would be refused now: {error}") from None
    subject = arrived.subject(body)
    if failure := definition.filters.failure(subject):
        raise VerdictChanged(f"it would not pass the filters now: {failure.path}")
    found = passed(definition, body, subject)
    event = event_of(decide(view, found, arrived, request.config_offset))
    if event.id != request.event_id and request.run_id is not None:  # a run that makes one more event names it
        rerun = Rerun(request.id, request.run_id)
        event = event_of(decide(view, found, replace(arrived, rerun=rerun), request.config_offset))
    if event.id != request.event_id:
        raise VerdictChanged(f"its event would be {event.id} now; the caller was told {request.event_id}")
    return event


def event_of(verdict: Verdict) -> CustomerEvent:
    if verdict.event is None:
        raise VerdictChanged(f"it would be {verdict.outcome.value} now: {verdict.path}: {verdict.detail}")
    return verdict.event
