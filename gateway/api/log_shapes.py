"""The shapes of what is read from the store, and the filters of its lists; the OpenAPI document is made from them.

Filters are text here: the queries say what each may be, and a test holds the names of both together.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from gateway.api.operations import Query
from gateway.api.shapes import Time
from schemas.records import AttemptError, AttemptStatus, Outcome, QueueReason, SourceType, Trigger

__all__ = [
    "AttemptQuery",
    "AttemptRow",
    "AttemptWhole",
    "DeliveryShown",
    "EventQuery",
    "EventRow",
    "EventSent",
    "EventsSent",
    "EventsTaken",
    "LogList",
    "QueueQuery",
    "QueueRow",
    "RequestQuery",
    "RequestRow",
    "RequestWhole",
]

Item = TypeVar("Item")
Text = Annotated[str | None, Field(min_length=1, max_length=1024)]
Encoding = Literal["utf-8", "base64"]
Headers = list[list[str]]


class LogQuery(Query):
    """What every list of the store takes."""

    limit: Annotated[str | None, Field(description="1 to 500, default 50")] = None
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None
    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None
    count: Annotated[str | None, Field(description="`true`: count what matches, up to 10,000")] = None
    after: Annotated[str | None, Field(description="`position` of an answer; waited for at most two seconds")] = None


class AttemptQuery(LogQuery):
    """Filters of the webhook log."""

    status: Annotated[str | None, Field(description=", ".join(AttemptStatus))] = None
    response_code: Annotated[str | None, Field(description="`500`, `5xx` or `none`")] = None
    action: Text = None
    customer: Text = None
    site_id: Text = None
    error: Annotated[str | None, Field(description=", ".join(AttemptError))] = None
    delivery_id: Text = None
    event_id: Text = None
    subscription_id: Text = None
    trigger: Annotated[str | None, Field(description=", ".join(Trigger))] = None
    resend_id: Text = None


class RequestQuery(LogQuery):
    """Filters of the incoming log."""

    outcome: Annotated[str | None, Field(description=", ".join(Outcome))] = None
    endpoint: Text = None
    definition_id: Text = None
    status_code: Annotated[str | None, Field(description="such as 422")] = None
    action: Text = None
    customer: Text = None
    event_id: Text = None
    run_id: Text = None


class EventQuery(LogQuery):
    """Filters of the event history."""

    action: Text = None
    customer: Text = None
    source: Annotated[str | None, Field(description=", ".join(SourceType))] = None
    request_id: Text = None


class QueueQuery(LogQuery):
    """Filters of the queue."""

    reason: Annotated[str | None, Field(description="queued, retrying or parked")] = None
    action: Text = None
    customer: Text = None
    site_id: Text = None
    delivery_id: Text = None


class LogList(BaseModel, Generic[Item]):
    """One page, the newest first."""

    items: list[Item]
    next: Annotated[str | None, Field(description="the cursor of the next page")]
    as_of: Annotated[str | None, Field(description="up to when the view has everything; null while it is empty")]
    stale: Annotated[bool, Field(description="`after` was asked for and not reached within two seconds")]
    count: Annotated[int, Field(description="where it was asked for")] = 0
    count_is: Annotated[Literal["exact", "at_least"], Field(description="where it was asked for")] = "exact"


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


class EventSent(BaseModel):
    """A customer event to be taken."""

    customer: Annotated[str, Field(min_length=1, max_length=256)]
    action: str
    account: Annotated[str | None, Field(description="the account of the path")] = None
    id: Annotated[str | None, Field(max_length=256, description="your own; the same again does nothing")] = None
    timestamp: Annotated[str | float | None, Field(description="ISO 8601, Unix seconds or milliseconds")] = None
    data: dict[str, Any] = {}


class EventsSent(BaseModel):
    """A batch."""

    events: Annotated[list[EventSent], Field(min_length=1, max_length=1000)]


class EventError(BaseModel):
    """Why an event was not taken."""

    code: str
    path: str
    message: str


class EventTaken(BaseModel):
    """An event that was taken."""

    id: str


class EventRefused(BaseModel):
    """An event that was not."""

    error: EventError


class EventsTaken(BaseModel):
    """In the order in which they were sent; `id` where one was sent."""

    id: str | None = None
    items: list[EventTaken | EventRefused]
    position: Annotated[str, Field(description="where they are; lists take it as `after`")]
