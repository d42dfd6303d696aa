"""An incoming request becomes its row of the incoming log; headers and bodies stay in the record."""

from __future__ import annotations

from projections.folds.places import Kind, Message, place_of
from projections.folds.rows import RecordRow, RequestRow, Row
from schemas.codec import decode_as
from schemas.records import IncomingRequest

__all__ = ["fold_request"]


def fold_request(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `incoming-requests`.

    Raises:
        RecordUnreadable: it is none of ours.
    """
    request = decode_as(IncomingRequest, message.value)
    place = place_of(Kind.REQUEST, message.partition, message.offset)
    row = RequestRow(
        id=request.id,
        rank=0,
        recorded_at=message.timestamp,
        place=place,
        account=request.account,
        received_at=request.received_at,
        endpoint=request.endpoint,
        definition_id=request.definition_id,
        definition_revision=request.definition_revision,
        method=request.method,
        path=request.path,
        outcome=request.outcome.value,
        status_code=request.status_code,
        duration_us=request.duration_us,
        event_id=request.event_id,
        customer=request.customer,
        action=request.action,
        error_code=request.error_code,
        error_path=request.error_path,
        error_detail=request.error_detail,
        deduplication=request.deduplication,
        reprocessed_request_id=request.reprocessed_request_id,
        run_id=request.run_id,
    )
    return row, RecordRow(place, message.timestamp, message.value or b"")
