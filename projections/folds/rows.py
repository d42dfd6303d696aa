"""The rows that records become, and which of two rows with one key stays.

A row begins with its key, then `rank`, `recorded_at` (the record's time, ms) and `place`: two rows of one key are
ordered by these three alone, so the same rows come out of any interleaving and any repetition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "SHAPES",
    "AttemptRow",
    "DeadLetterRow",
    "DeliveryRow",
    "EventRow",
    "OperationRow",
    "RecordRow",
    "RejectedRow",
    "RequestRow",
]


class RecordRow(NamedTuple):
    """A record whole, bytes as they lie in the log: what a list never reads."""

    place: int
    recorded_at: int
    value: bytes


class RequestRow(NamedTuple):
    """One row of the incoming log."""

    id: str
    rank: int
    recorded_at: int
    place: int
    account: str
    received_at: int
    endpoint: str
    definition_id: str
    definition_revision: int
    method: str
    path: str
    outcome: str
    status_code: int
    duration_us: int
    event_id: str | None
    customer: str | None
    action: str | None
    error_code: str | None
    error_path: str | None
    error_detail: str | None
    deduplication: str | None
    reprocessed_request_id: str | None
    run_id: str | None


class EventRow(NamedTuple):
    """One customer event; `data` is the text of a JSON object."""

    account: str
    id: str
    rank: int
    recorded_at: int
    place: int
    customer: str
    action: str
    timestamp: int
    source: str
    request_id: str | None
    definition_id: str | None
    definition_revision: int | None
    data: str


class DeliveryRow(NamedTuple):
    """One message for one (event, subscription)."""

    delivery_id: str
    rank: int
    recorded_at: int
    place: int
    account: str
    event_id: str
    subscription_id: str
    site_id: str
    customer: str
    action: str
    created_at: int
    content_type: str
    path: str
    lane: str


class AttemptRow(NamedTuple):
    """One row of the webhook log; `reason` and `blocked_by` say why a queued one waits."""

    delivery_id: str
    chain: str
    step: int
    rank: int
    recorded_at: int
    place: int
    account: str
    created_at: int
    event_id: str
    subscription_id: str
    action: str
    customer: str
    site_id: str
    site_name: str | None
    site_revision: int | None
    status: str
    response_code: int | None
    response_class: int  # 5 for 5xx, 0 for none
    error: str | None
    duration_us: int | None
    next_attempt_at: int | None
    trigger: str
    resend_id: str | None
    reason: str | None
    blocked_by: str | None
    dns_us: int | None
    connect_us: int | None
    tls_us: int | None
    first_byte_us: int | None
    remote_ip: str | None


class DeadLetterRow(NamedTuple):
    """A chain that failed for good."""

    delivery_id: str
    chain: str
    rank: int
    recorded_at: int
    place: int
    account: str
    step: int
    event_id: str
    subscription_id: str
    site_id: str
    customer: str
    action: str
    error: str | None
    response_code: int | None
    detail: str


class RejectedRow(NamedTuple):
    """A record that could not be used, raw. `refused` is the place of a customer event that is none."""

    topic: str
    partition: int
    offset: int
    rank: int
    recorded_at: int
    place: int
    account: str | None
    reason: str
    path: str | None
    detail: str
    timestamp: int
    rejected_at: int
    refused: int | None
    headers: bytes
    key: bytes | None
    value: bytes | None


class OperationRow(NamedTuple):
    """A job, or another operation, as it was last seen; `body` is the text of a JSON object."""

    id: str
    rank: int
    recorded_at: int
    place: int
    account: str
    created_at: int
    kind: str
    author: str
    state: str
    body: str


Row = RecordRow | RequestRow | EventRow | DeliveryRow | AttemptRow | DeadLetterRow | OperationRow | RejectedRow


@dataclass(frozen=True, slots=True)
class Shape:
    """How many fields the key has, and whether the latest or the earliest of two rows stays."""

    table: str
    key: int
    latest: bool = False


# Attempts and operations walk on, so the latest and furthest stays; elsewhere the first copy stays and a second does
# nothing.
SHAPES: dict[type[Row], Shape] = {
    RequestRow: Shape("incoming_requests", 1),
    EventRow: Shape("customer_events", 2),
    DeliveryRow: Shape("deliveries", 1),
    AttemptRow: Shape("attempts", 3, latest=True),
    DeadLetterRow: Shape("dead_letters", 2),
    OperationRow: Shape("operations", 1, latest=True),
    RejectedRow: Shape("rejected", 3),
    RecordRow: Shape("records", 1),
}
