"""A delivery becomes its row and the queued row of its step; a parked one a queued row that says what holds it.

A dead letter becomes a row of its own: its attempt is in the webhook log already.
"""

from __future__ import annotations

from projections.folds.attempts import Rank
from projections.folds.places import Kind, Message, place_of
from projections.folds.rows import AttemptRow, DeadLetterRow, DeliveryRow, RecordRow, Row
from schemas.codec import decode, decode_as
from schemas.errors import RecordUnreadable
from schemas.records import AttemptStatus, DeadLetter, Delivery, DrainProgress, Parked, QueueReason

__all__ = ["fold_dead_letter", "fold_delivery", "fold_parked"]


def fold_delivery(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `deliveries`.

    Raises:
        RecordUnreadable: it is none of ours.
    """
    delivery = decode_as(Delivery, message.value)
    place = place_of(Kind.DELIVERY, message.partition, message.offset)
    row = DeliveryRow(
        delivery_id=delivery.delivery_id,
        rank=0,
        recorded_at=message.timestamp,
        place=place,
        account=delivery.account,
        event_id=delivery.event_id,
        subscription_id=delivery.subscription_id,
        site_id=delivery.site_id,
        customer=delivery.customer,
        action=delivery.action,
        created_at=delivery.created_at,
        content_type=delivery.content_type,
        path=delivery.path,
        lane=delivery.lane,
    )
    queued = waiting(delivery, message.timestamp, place)
    return row, queued, RecordRow(place, message.timestamp, message.value or b"")


def fold_parked(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `parked`; how far a drain has come is the courier's own business.

    Raises:
        RecordUnreadable: it, or the delivery in it, is none of ours.
    """
    parked = decode(message.value)
    if isinstance(parked, DrainProgress):
        return ()
    if not isinstance(parked, Parked):
        raise RecordUnreadable(f"a Parked belongs here, this is a {type(parked).__name__}")
    delivery = decode_as(Delivery, parked.delivery)
    place = place_of(Kind.PARKED, message.partition, message.offset)
    row = waiting(delivery, message.timestamp, place)
    held = row._replace(
        step=parked.step,
        rank=Rank.HELD.value,
        created_at=parked.parked_at,
        next_attempt_at=None,
        reason=QueueReason.PARKED.value,
        blocked_by=parked.cause,
    )
    return (held,)


def fold_dead_letter(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `dead-letters`.

    Raises:
        RecordUnreadable: it, or the delivery in it, is none of ours.
    """
    letter = decode_as(DeadLetter, message.value)
    delivery = decode_as(Delivery, letter.delivery)
    row = DeadLetterRow(
        delivery_id=letter.delivery_id,
        chain=letter.chain,
        rank=0,
        recorded_at=message.timestamp,
        place=place_of(Kind.DEAD_LETTER, message.partition, message.offset),
        account=letter.account,
        step=letter.step,
        event_id=delivery.event_id,
        subscription_id=delivery.subscription_id,
        site_id=delivery.site_id,
        customer=delivery.customer,
        action=delivery.action,
        error=None if letter.error is None else letter.error.value,
        response_code=letter.response_code,
        detail=letter.detail,
    )
    return (row,)


def waiting(delivery: Delivery, recorded_at: int, place: int) -> AttemptRow:
    """The queued row of the step that a delivery is to make next."""
    return AttemptRow(
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=delivery.step,
        rank=Rank.WAITING.value,
        recorded_at=recorded_at,
        place=place,
        account=delivery.account,
        created_at=delivery.created_at,
        event_id=delivery.event_id,
        subscription_id=delivery.subscription_id,
        action=delivery.action,
        customer=delivery.customer,
        site_id=delivery.site_id,
        site_name=None,
        site_revision=None,
        status=AttemptStatus.QUEUED.value,
        response_code=None,
        response_class=0,
        error=None,
        duration_us=None,
        next_attempt_at=delivery.due,
        trigger=delivery.trigger.value,
        resend_id=delivery.resend_id,
        reason=QueueReason.of_step(delivery.step).value,
        blocked_by=None,
        dns_us=None,
        connect_us=None,
        tls_us=None,
        first_byte_us=None,
        remote_ip=None,
    )
