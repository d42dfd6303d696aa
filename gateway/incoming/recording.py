"""The record of an incoming request: what came, what was decided, what was answered; credentials sealed."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.incoming.bodies import KEPT_OF_REFUSED
from gateway.incoming.sealing import seal
from schemas.records import IncomingRequest, Outcome
from streams.core.definitions import Receiving
from streams.core.receiving import Arrived, Verdict
from streams.edges.keyring import Keyring

__all__ = ["record_of"]

REFUSED = frozenset({Outcome.MALFORMED, Outcome.INACTIVE, Outcome.UNVERIFIED})


def record_of(
    arrived: Arrived,
    verdict: Verdict,
    definitions: Sequence[Receiving],
    *,
    endpoint: str,
    whole: bool,
    keyring: Keyring,
    config_offset: int,
    duration_us: int,
    response_headers: list[list[str]],
) -> IncomingRequest:
    """The row of the log; a refused request keeps the start of its body only. `whole`: all of the body was read."""
    decided = (verdict.definition or definitions[-1]).entity
    cut = verdict.outcome in REFUSED and len(arrived.body) > KEPT_OF_REFUSED
    body = arrived.body[:KEPT_OF_REFUSED] if cut else arrived.body
    sealed = seal(keyring, definitions, arrived.headers, arrived.query, body)
    return IncomingRequest(
        id=arrived.request_id,
        account=arrived.account,
        endpoint=endpoint,
        definition_id=decided.id,
        definition_revision=decided.revision,
        config_offset=config_offset,
        received_at=arrived.received_at,
        duration_us=duration_us,
        method=arrived.method,
        path=arrived.path,
        query=sealed.query,
        query_sealed=sealed.query_sealed,
        headers=sealed.headers,
        body=sealed.body,
        body_sealed=sealed.body_sealed,
        body_truncated=cut or not whole,
        outcome=verdict.outcome,
        status_code=verdict.status,
        response_headers=response_headers,
        response_body=verdict.answer,
        event_id=verdict.event_id,
        customer=verdict.customer,
        action=None if verdict.definition is None or verdict.outcome in REFUSED else verdict.definition.body["action"],
        error_code=verdict.code,
        error_path=verdict.path,
        error_detail=verdict.detail,
        deduplication=verdict.copies,
        reprocessed_request_id=None,
        run_id=None,
    )
