"""Records with valid defaults, overridden by keyword, and the messages that carry them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from projections.folds.places import Message
from schemas.codec import encode
from schemas.records import (
    Attempt,
    AttemptStatus,
    Command,
    CommandKind,
    CustomerEvent,
    DeadLetter,
    Delivery,
    IncomingRequest,
    Operation,
    OperationKind,
    Outcome,
    Parked,
    QueueReason,
    Rejected,
    RejectedReason,
    SourceType,
    Trigger,
)
from schemas.settings import Settings
from schemas.topics import Topics

__all__ = [
    "NOW",
    "TOPICS",
    "a_command",
    "a_dead_letter",
    "a_delivery",
    "a_message",
    "a_parked",
    "a_rejected",
    "a_request",
    "an_attempt",
    "an_event",
    "an_operation",
]

NOW = 1_764_000_000_000  # ms
TOPICS = Topics(Settings())

ATTEMPT = Attempt(
    delivery_id="dlv_1",
    chain="0",
    step=1,
    account="shop",
    event_id="evt_1",
    subscription_id="sub_1",
    action="point_add",
    customer="c-1",
    site_id="site_1",
    site_name="crm",
    site_revision=3,
    status=AttemptStatus.DONE,
    response_code=200,
    error=None,
    error_detail="",
    created_at=NOW,
    duration_us=12_345,
    next_attempt_at=None,
    trigger=Trigger.AUTO,
    resend_id=None,
    request_method="POST",
    request_url="https://crm.example/hooks",
    request_headers=[["content-type", "application/json"], ["authorization", "••••"]],
    request_body=b'{"id":"evt_1"}',
    response_headers=[["content-type", "text/plain"]],
    response_body=b"thanks",
    response_truncated=False,
    dns_us=100,
    connect_us=200,
    tls_us=300,
    first_byte_us=9000,
    remote_ip="192.0.2.1",
)

DELIVERY = Delivery(
    delivery_id="dlv_1",
    chain="0",
    step=1,
    account="shop",
    event_id="evt_1",
    event_timestamp=NOW - 500,
    subscription_id="sub_1",
    site_id="site_1",
    customer="c-1",
    action="point_add",
    lane="site_1/0",
    ordering="none",
    content_type="application/json",
    body=b'{"id":"evt_1"}',
    path="",
    filename="",
    problem="",
    created_at=NOW - 400,
    config_offset=7,
    trigger=Trigger.AUTO,
    resend_id=None,
    reason=QueueReason.QUEUED,
    due=NOW - 400,
    postponed_since=None,
    origin_offset=-1,
    parent_attempt=None,
)

REQUEST = IncomingRequest(
    id="req_1",
    account="shop",
    endpoint="points",
    definition_id="def_1",
    definition_revision=2,
    config_offset=7,
    received_at=NOW - 1000,
    duration_us=3200,
    method="POST",
    path="/beta/webhooks/custom/shop/points",
    query="",
    query_sealed=False,
    headers=[["Content-Type", "application/json"], ["X-Token", "c2VhbGVk", "sealed"]],
    body=b'{"clientID":"c-1"}',
    body_sealed=False,
    body_truncated=False,
    outcome=Outcome.ACCEPTED,
    status_code=200,
    response_headers=[["Content-Type", "application/json"]],
    response_body=b'{"status":"success","event_id":"evt_1"}',
    event_id="evt_1",
    customer="c-1",
    action="point_add",
    error_code=None,
    error_path=None,
    error_detail=None,
    deduplication=None,
    reprocessed_request_id=None,
    run_id=None,
)

EVENT = CustomerEvent(
    id="evt_1",
    account="shop",
    customer="c-1",
    action="point_add",
    timestamp=NOW - 900,
    data='{"points":325}',
    source=SourceType.INCOMING_WEBHOOK,
    request_id="req_1",
    definition_id="def_1",
    definition_revision=2,
    config_offset=7,
)

REJECTED = Rejected(
    topic=TOPICS.customer_events,
    partition=0,
    offset=4,
    timestamp=NOW,
    key=b"k",
    value=b"junk",
    headers=[],
    account=None,
    reason=RejectedReason.UNREADABLE,
    path=None,
    detail="not JSON",
    rejected_at=NOW,
)


def an_attempt(**fields: Any) -> Attempt:
    return replace(ATTEMPT, **fields)


def a_delivery(**fields: Any) -> Delivery:
    return replace(DELIVERY, **fields)


def a_request(**fields: Any) -> IncomingRequest:
    return replace(REQUEST, **fields)


def an_event(**fields: Any) -> CustomerEvent:
    return replace(EVENT, **fields)


def a_rejected(**fields: Any) -> Rejected:
    return replace(REJECTED, **fields)


def a_command(chain: str = "cmd_1", *, kind: CommandKind = CommandKind.RESEND, at: int = NOW, **fields: Any) -> Command:
    """A resend of a delivery (`fields` are the delivery's), or another kind of command about it."""
    delivery = a_delivery(chain=chain, trigger=Trigger.RESEND, **fields)
    return Command(
        id=chain,
        kind=kind,
        account=delivery.account,
        delivery_id=delivery.delivery_id,
        lane=delivery.lane,
        author="ann",
        at=at,
        resend_id=delivery.resend_id,
        delivery=encode(delivery),
        pending=[],
    )


def an_operation(operation_id: str = "rsd_1", *, kind: OperationKind = OperationKind.JOB, **body: Any) -> Operation:
    """A job's state, or whatever the body says."""
    text = json.dumps({"state": "running", "created_at": NOW, "type": "resend"} | body)
    return Operation(id=operation_id, kind=kind, account="shop", at=NOW, author="ann", body=text)


def a_parked(delivery: Delivery, *, at: int = NOW, cause: str = "site_inactive") -> Parked:
    return Parked(
        delivery=encode(delivery),
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=delivery.step,
        account=delivery.account,
        site_id=delivery.site_id,
        cause=cause,
        parked_at=at,
    )


def a_dead_letter(delivery: Delivery, attempt: Attempt) -> DeadLetter:
    return DeadLetter(
        delivery=encode(delivery),
        delivery_id=delivery.delivery_id,
        chain=delivery.chain,
        step=attempt.step,
        account=delivery.account,
        error=attempt.error,
        response_code=attempt.response_code,
        detail="the last resend failed",
        attempt=encode(attempt),
    )


def topic_of(record: object) -> str:
    names: dict[type, str] = {
        Attempt: TOPICS.attempts,
        Delivery: TOPICS.deliveries,
        IncomingRequest: TOPICS.incoming_requests,
        CustomerEvent: TOPICS.customer_events,
        Rejected: TOPICS.rejected,
        Parked: TOPICS.parked,
        DeadLetter: TOPICS.dead_letters,
        Command: TOPICS.commands,
        Operation: TOPICS.operations,
    }
    return names[type(record)]


def a_message(
    record: object, *, partition: int = 0, offset: int = 0, timestamp: int = NOW, topic: str | None = None
) -> Message:
    """The message of a record on its own topic; bytes and None are values as they are, on `topic`."""
    raw = record is None or isinstance(record, bytes)
    value = record if record is None or isinstance(record, bytes) else encode(record)
    name = topic or (TOPICS.attempts if raw else topic_of(record))
    return Message(name, partition, offset, timestamp, b"key", value, [])
