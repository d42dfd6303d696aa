"""A logged request again, through today's definition: what it becomes now, and the record of that.

The definition that it met may have moved to another endpoint: those of that endpoint are tried, as for a new request.
The event, if there is one, has an id of its own: the first, or in each run; doing one run twice makes it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.incoming import answers
from gateway.incoming.reopening import reopened
from schemas.definitions.forms import State
from schemas.records import EntityKind, IncomingRequest
from streams.core.arriving import Rerun
from streams.core.confirming import first_time
from streams.core.definitions import AccountView, Receiving
from streams.core.receiving import receive, select
from streams.edges.keyring import Keyring

__all__ = ["again", "definitions_for"]


def definitions_for(view: AccountView, request: IncomingRequest) -> Sequence[Receiving]:
    """The definitions that the request would meet today."""
    entity = view.state.of(EntityKind.INCOMING_WEBHOOK).get(request.definition_id)
    kept = entity is not None and entity.body is not None and entity.state != State.ARCHIVED.value
    endpoint = str(entity.body["endpoint"]) if kept and entity is not None and entity.body else request.endpoint
    return view.endpoints.get(endpoint, ())


def again(
    view: AccountView,
    definitions: Sequence[Receiving],
    request: IncomingRequest,
    rerun: Rerun,
    run_id: str,
    *,
    keyring: Keyring,
    now: int,
) -> IncomingRequest:
    """The record of the rerun; credentials stay sealed as they are. `now` in milliseconds.

    Raises:
        SecretUnreadable: a key is missing.
    """
    first_id, first_at = first_time(request)
    arrived = replace(reopened(request, keyring), rerun=rerun)
    takers, refused = select(definitions, request.method)
    verdict = refused or receive(view, takers, arrived, view.offset)
    decided = (verdict.definition or definitions[-1]).entity
    return replace(
        request,
        id=rerun.request_id,
        endpoint=str((decided.body or {})["endpoint"]),
        definition_id=decided.id,
        definition_revision=decided.revision,
        config_offset=view.offset,
        received_at=now,
        duration_us=0,
        outcome=verdict.outcome,
        status_code=verdict.status,
        response_headers=answers.headers_of(),
        response_body=verdict.answer,
        event_id=verdict.event_id,
        customer=verdict.customer,
        action=None if verdict.event is None else verdict.event.action,
        error_code=verdict.code,
        error_path=verdict.path,
        error_detail=verdict.detail,
        deduplication=None,
        reprocessed_request_id=first_id,
        run_id=run_id,
        first_received_at=first_at,
    )
