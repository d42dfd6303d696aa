"""The shapes of what is read from the store; the OpenAPI document is made from them."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from gateway.api.times import Time
from schemas.records import AttemptError, AttemptStatus, Outcome, QueueReason, SourceType, Trigger

__all__ = [
    "AttemptRow",
    "AttemptWhole",
    "DeliveryShown",
    "EventRow",
    "LogList",
    "QueueRow",
    "QueueSummary",
    "RequestRow",
    "RequestWhole",
]

Item = TypeVar("Item")
Encoding = Literal["utf-8", "base64"]
Headers = list[list[str]]


class LogList(BaseModel, Generic[Item]):
    """One page, the newest first."""

    items: list[Item]
    next: Annotated[str | None, Field(description="the cursor of the next page")]
    as_of: Annotated[str | None, Field(description="up to when the view has everything; null while it is empty")]
    stale: Annotated[bool, Field(description="`after` was asked for and not reached within two seconds")]
    count: Annotated[int, Field(description="where it was asked for")] = 0
    count_is: Annotated[Literal["exact", "at_least"], Field(description="where it was asked for")] = "exact"
    found_in: Annotated[str, Field(description="of a search: `text`, or the field that `q` is a value of")] = ""
    searched_to: Annotated[str | None, Field(description="how far back a search has come; null: to the end")] = None


class RequestError(BaseModel):
    """Why a request gave no event."""

    code: str
    path: str | None
    detail: str | None


class RequestRow(BaseModel):
    """A row of the incoming log."""

    id: str
    created_at: Time
    request_line: str
    endpoint: str
    definition_id: str
    definition_revision: int
    outcome: Outcome
    status_code: int
    duration_ms: float
    event_id: str | None
    customer: str | None
    action: str | None
    error: RequestError | None
    reprocessed_request_id: Annotated[str | None, Field(description="the request that this is a run of")]
    run_id: str | None


class RequestMessage(BaseModel):
    """What came; secrets are dots."""

    method: str
    path: str
    query: str
    headers: Headers
    body: str
    body_encoding: Encoding
    truncated: bool


class RequestAnswer(BaseModel):
    """What was answered."""

    headers: Headers
    body: str
    body_encoding: Encoding


class RequestWhole(RequestRow):
    """One incoming request, whole."""

    request: RequestMessage | None
    response: RequestAnswer | None


class Timing(BaseModel):
    """Milliseconds from the start of the attempt."""

    dns: float | None
    connect: float | None
    tls: float | None
    first_byte: float | None
    total: float | None


class AttemptRow(BaseModel):
    """A row of the webhook log."""

    id: str
    created_at: Time
    delivery_id: str
    event_id: str
    subscription_id: str
    chain: int
    attempt: int
    action: str
    customer: str
    site_id: str
    site_name: str | None
    site_revision: int | None
    status: AttemptStatus
    response_code: int | None
    error: AttemptError | None
    duration_ms: float | None
    next_attempt_at: Time | None
    trigger: Trigger
    resend_id: str | None
    timing: Timing
    remote_ip: str | None


class AttemptMessage(BaseModel):
    """What was sent; secrets are dots."""

    method: str
    url: str
    headers: Headers
    body: str
    body_encoding: Encoding


class AttemptAnswer(BaseModel):
    """What the site answered, at most 64 KiB of it."""

    status: int
    headers: Headers
    body: str
    body_encoding: Encoding
    truncated: bool


class AttemptWhole(AttemptRow):
    """One attempt, whole."""

    error_detail: str | None
    request: AttemptMessage | None
    response: AttemptAnswer | None


class DeliveryShown(BaseModel):
    """One message for one event and subscription, with its attempts."""

    id: str
    created_at: Time
    event_id: str
    subscription_id: str
    site_id: str
    site_name: str | None
    action: str
    customer: str
    content_type: str
    attempts: list[AttemptRow]


class QueueRow(BaseModel):
    """What waits, and why."""

    delivery_id: str
    customer: str
    action: str
    site_id: str
    site_name: str | None
    retries: int
    next_attempt_at: Time | None
    reason: QueueReason | None
    queued_at: Time
    blocked_by: str | None


class QueueGroup(BaseModel):
    """What waits for one reason at one site."""

    reason: QueueReason | None
    blocked_by: str | None
    site_id: str
    site_name: str | None
    count: int
    oldest_queued_at: Time
    next_attempt_at: Time | None


class QueueSummary(BaseModel):
    """What waits, the oldest group first."""

    items: list[QueueGroup]
    count: int
    as_of: Annotated[str | None, Field(description="up to when the view has everything; null while it is empty")]


class Source(BaseModel):
    """The door that an event came in by."""

    type: SourceType
    request_id: str | None


class EventRow(BaseModel):
    """A customer event."""

    id: str
    account: str
    customer: str
    action: str
    timestamp: Time
    data: dict[str, Any]
    source: Source
