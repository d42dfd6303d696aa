"""The records that an attempt leaves: its row, the follower that waits, the dead letter, the parked message.

A follower and a dead letter carry the row, so that whoever finds one without the other can write it.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.codec import encode
from schemas.quick import maker
from schemas.records import Attempt, AttemptStatus, DeadLetter, Delivery, Parked, QueueReason
from streams.core.answer import Answer, Request
from streams.core.credentials import masked, without_echo
from streams.core.sending import SiteView

__all__ = ["dead_letter", "follower", "onward", "parked", "postponed", "row_of"]

new_attempt = maker(Attempt)


def row_of(
    delivery: Delivery,
    site: SiteView | None,
    request: Request | None,
    answer: Answer,
    *,
    status: AttemptStatus,
    next_attempt_at: int | None = None,
) -> Attempt:
    """One row of the webhook log; `request` None where none was made."""
    fault, timings, sent = answer.fault, answer.timings, request.headers if request else []
    headers, body = without_echo(sent, answer.headers, answer.body)
    return new_attempt(
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=delivery.step,
        account=delivery.account,
        event_id=delivery.event_id,
        subscription_id=delivery.subscription_id,
        action=delivery.action,
        customer=delivery.customer,
        site_id=delivery.site_id,
        site_name=site.name if site else "",
        site_revision=site.entity.revision if site else 0,
        status=status,
        response_code=answer.status,
        error=fault.error if fault else None,
        error_detail=fault.detail if fault else "",
        created_at=answer.began_at,
        duration_us=answer.duration_us,
        next_attempt_at=next_attempt_at,
        trigger=delivery.trigger,
        resend_id=delivery.resend_id,
        request_method=request.method if request else "",
        request_url=request.destination.url if request else "",
        request_headers=masked(sent),
        request_body=request.body if request else b"",
        response_headers=headers,
        response_body=body,
        response_truncated=answer.truncated,
        dns_us=timings.dns,
        connect_us=timings.connect,
        tls_us=timings.tls,
        first_byte_us=timings.first_byte,
        remote_ip=answer.remote_ip,
    )


def follower(delivery: Delivery, row: bytes, *, due: int, origin_offset: int) -> Delivery:
    """The same message, waiting for its next step; `row` is the encoded attempt that it follows."""
    return replace(
        delivery,
        step=delivery.step + 1,
        reason=QueueReason.RETRYING,
        due=due,
        origin_offset=origin_offset if delivery.origin_offset < 0 else delivery.origin_offset,
        postponed_since=None,
        parent_attempt=row,
    )


def onward(delivery: Delivery, *, origin_offset: int) -> Delivery:
    """The same step, waiting elsewhere: the row of its parent was written long ago."""
    first = origin_offset if delivery.origin_offset < 0 else delivery.origin_offset
    return replace(delivery, origin_offset=first, parent_attempt=None)


def postponed(delivery: Delivery, *, origin_offset: int, due: int, since: int) -> Delivery:
    """The same step, not before `due`, and no attempt spent since `since`; times in milliseconds."""
    waiting = onward(delivery, origin_offset=origin_offset)
    return replace(waiting, reason=QueueReason.POSTPONED, due=due, postponed_since=since)


def dead_letter(delivery: Delivery, attempt: Attempt, row: bytes) -> DeadLetter:
    """The message that failed for good; `row` is the encoded `attempt`."""
    return DeadLetter(
        delivery=encode(replace(delivery, parent_attempt=None)),
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=delivery.step,
        account=delivery.account,
        error=attempt.error,
        response_code=attempt.response_code,
        detail=attempt.error_detail or f"answered with {attempt.response_code}",
        attempt=row,
    )


def parked(delivery: Delivery, cause: str, now: int, *, origin_offset: int) -> Parked:
    """The message put aside, whole; `now` in milliseconds."""
    return Parked(
        delivery=encode(onward(delivery, origin_offset=origin_offset)),
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=delivery.step,
        account=delivery.account,
        site_id=delivery.site_id,
        cause=cause,
        parked_at=now,
    )
