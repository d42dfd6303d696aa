"""An attempt becomes its row of the webhook log; a resent one also the queued row of its next step.

Which row of a step stays: what ended beats what waits, and of two that wait the later one.
"""

from __future__ import annotations

from enum import IntEnum

from projections.folds.places import LARGEST, Kind, Message, place_of
from projections.folds.rows import AttemptRow, RecordRow, Row
from schemas.codec import decode_as
from schemas.records import Attempt, AttemptStatus, QueueReason

__all__ = ["BREAKER_OPEN", "Rank", "fold_attempt"]

BREAKER_OPEN = "breaker_open"  # the courier says that a message waits where it has put it off


class Rank(IntEnum):
    """How far a step has come; a row never gives way to one of a lower rank."""

    WAITING = 0  # derived: the step is due, nobody has said anything about it yet
    HELD = 1  # postponed or parked
    RESENT = 2
    FAILED = 3
    DONE = 4


RANKS = {
    AttemptStatus.QUEUED: Rank.HELD,
    AttemptStatus.RESENT: Rank.RESENT,
    AttemptStatus.FAILED: Rank.FAILED,
    AttemptStatus.DONE: Rank.DONE,
}


def fold_attempt(message: Message) -> tuple[Row, ...]:
    """Rows of one record of `attempts`.

    Raises:
        RecordUnreadable: it is none of ours.
    """
    attempt = decode_as(Attempt, message.value)
    place = place_of(Kind.ATTEMPT, message.partition, message.offset)
    row = row_of(attempt, message.timestamp, place)
    if attempt.status is AttemptStatus.QUEUED:
        return (row,)
    record = RecordRow(place, message.timestamp, message.value or b"")
    if attempt.status is AttemptStatus.RESENT and attempt.step < LARGEST:
        return row, next_step(attempt, row), record
    return row, record


def row_of(attempt: Attempt, recorded_at: int, place: int) -> AttemptRow:
    code = attempt.response_code
    waits = attempt.status is AttemptStatus.QUEUED
    return AttemptRow(
        delivery_id=attempt.delivery_id,
        chain=attempt.chain,
        step=attempt.step,
        rank=RANKS[attempt.status].value,
        recorded_at=recorded_at,
        place=place,
        account=attempt.account,
        created_at=attempt.created_at,
        event_id=attempt.event_id,
        subscription_id=attempt.subscription_id,
        action=attempt.action,
        customer=attempt.customer,
        site_id=attempt.site_id,
        site_name=attempt.site_name,
        site_revision=attempt.site_revision,
        status=attempt.status.value,
        response_code=code,
        response_class=0 if code is None else code // 100,
        error=None if attempt.error is None else attempt.error.value,
        duration_us=None if waits else attempt.duration_us,
        next_attempt_at=attempt.next_attempt_at,
        trigger=attempt.trigger.value,
        resend_id=attempt.resend_id,
        reason=QueueReason.of_step(attempt.step).value if waits else None,
        blocked_by=BREAKER_OPEN if waits else None,
        dns_us=attempt.dns_us,
        connect_us=attempt.connect_us,
        tls_us=attempt.tls_us,
        first_byte_us=attempt.first_byte_us,
        remote_ip=attempt.remote_ip,
    )


def next_step(attempt: Attempt, row: AttemptRow) -> AttemptRow:
    """The step that a resent attempt announces: it waits from the moment the failure was known."""
    return row._replace(
        step=attempt.step + 1,
        rank=Rank.WAITING.value,
        created_at=max(-LARGEST, min(attempt.created_at + attempt.duration_us // 1000, LARGEST)),
        status=AttemptStatus.QUEUED.value,
        response_code=None,
        response_class=0,
        error=None,
        duration_us=None,
        reason=QueueReason.RETRYING.value,
        dns_us=None,
        connect_us=None,
        tls_us=None,
        first_byte_us=None,
        remote_ip=None,
    )
