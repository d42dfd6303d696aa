"""A delivery: one message for one (event, subscription), on its way; and where it rests: parked or dead.

The topics `deliveries` and `retries.<tier>` hold `Delivery`, `parked` and `dead-letters` wrap one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.records.attempt import AttemptError, Trigger

__all__ = ["DeadLetter", "Delivery", "DrainProgress", "Parked", "QueueReason"]


class QueueReason(StrEnum):
    """Why a message is waiting."""

    QUEUED = "queued"
    RETRYING = "retrying"
    POSTPONED = "postponed"
    PARKED = "parked"

    @classmethod
    def of_step(cls, step: int) -> QueueReason:
        """Of a message whose next attempt is this one, where nothing else holds it; 1 is the first."""
        return cls.QUEUED if step <= 1 else cls.RETRYING


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message, whole: what a courier needs besides the site as it is now.

    The body bytes and the content type are the same on every attempt; `delivery_id` is the `webhook-id`. A follower
    (a record that waits for its next step) carries the encoded attempt row of its parent, so that whoever finds the
    follower without the row can write the row.
    """

    delivery_id: str
    chain: str  # "0" is the original
    step: int  # the attempt to be made next; 1 is the first
    account: str
    event_id: str
    event_timestamp: int  # ms
    subscription_id: str
    site_id: str
    customer: str
    action: str
    lane: str  # lane key, `site/slot`; decided when the delivery was made, kept for ever
    ordering: str  # none, customer or site: the site's when the delivery was made
    content_type: str  # of the message: application/json, application/x-www-form-urlencoded
    body: bytes
    path: str  # appended to the site's URL, "" for none
    filename: str  # of the object that it becomes below that, percent-encoded; "" for a message that becomes none
    problem: str  # why the message could not be built: an attempt of it fails with `configuration`; "" for none
    created_at: int  # ms, when the delivery was made
    config_offset: int  # the offset of `config` that it was decided under
    trigger: Trigger
    resend_id: str | None
    reason: QueueReason
    due: int  # ms; not before this time
    postponed_since: int | None  # ms
    origin_offset: int  # offset of the delivery in `deliveries`, the same on a resend of it; -1 on that record
    parent_attempt: bytes | None  # encoded Attempt, on followers
    trace_parent: str | None = None  # of the W3C Trace Context that the event came with, where that is carried


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that failed for good, whole, with why and after how many attempts."""

    delivery: bytes  # encoded Delivery
    delivery_id: str
    chain: str
    step: int  # the last attempt
    account: str
    error: AttemptError | None
    response_code: int | None
    detail: str
    attempt: bytes  # encoded Attempt of that step


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A delivery that waits without a timer: its site is disabled, or its lane is full."""

    delivery: bytes  # encoded Delivery
    delivery_id: str
    chain: str
    step: int
    account: str
    site_id: str
    cause: str  # site_inactive, lane_full, behind_older
    parked_at: int  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainProgress:
    """How far a site's parked messages of one partition have been drained: all below `up_to_offset`."""

    site_id: str
    partition: int
    up_to_offset: int
    at: int  # ms
