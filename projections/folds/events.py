"""A customer event becomes its row, whether our Avro or JSON from outside.

What is no event gives no row: the agent *route* writes it to `rejected`, which is folded too.
"""

from __future__ import annotations

from projections.folds.places import Kind, Message, place_of
from projections.folds.rows import EventRow, Row
from schemas.errors import FieldInvalid, RecordUnreadable
from schemas.events import read_event

__all__ = ["fold_event"]


def fold_event(message: Message, cluster: str) -> tuple[Row, ...]:
    """Rows of one record of `customer-events`; `cluster` is the id of the Kafka cluster, which names some events."""
    try:
        event = read_event(
            message.value,
            cluster=cluster,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            timestamp=message.timestamp,
        )
    except (RecordUnreadable, FieldInvalid):
        return ()
    row = EventRow(
        account=event.account,
        id=event.id,
        rank=0,
        recorded_at=message.timestamp,
        place=place_of(Kind.EVENT, message.partition, message.offset),
        customer=event.customer,
        action=event.action,
        timestamp=event.timestamp,
        source=event.source.value,
        request_id=event.request_id,
        definition_id=event.definition_id,
        definition_revision=event.definition_revision,
        data=event.data,
    )
    return (row,)
