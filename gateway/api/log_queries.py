"""The filters of the store's lists, as the OpenAPI document shows them.

They are text here: the queries say what each may be, and a test holds the names of both together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.api.operations import Query
from schemas.records import AttemptError, AttemptStatus, Outcome, SourceType, Trigger

__all__ = [
    "AttemptFilters",
    "AttemptQuery",
    "AttemptStream",
    "EventFilters",
    "EventQuery",
    "Ids",
    "LogQuery",
    "QueueFilters",
    "QueueQuery",
    "RangeQuery",
    "RequestFilters",
    "RequestQuery",
    "RequestStream",
    "Text",
]

Text = Annotated[str | None, Field(min_length=1, max_length=1024)]
Ids = Annotated[str | None, Field(min_length=1, max_length=6000, description="one, or up to 100 with commas between")]


SEARCHED = "a text: an id, customer, error or action of the account, else any part of what was sent or answered"


class RangeQuery(Query):
    """What every list and export of the store takes."""

    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None
    after: Annotated[str | None, Field(description="`position` of an answer; waited for at most two seconds")] = None


class LogQuery(RangeQuery):
    """What every list of the store takes."""

    limit: Annotated[str | None, Field(description="1 to 500, default 50")] = None
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None
    count: Annotated[str | None, Field(description="`true`: count what matches, up to 10,000")] = None


class SearchedQuery(Query):
    """Lists that can be searched."""

    q: Annotated[str | None, Field(min_length=1, max_length=256, description=SEARCHED)] = None


class AttemptFilters(RangeQuery):
    """Filters of the webhook log."""

    status: Annotated[str | None, Field(description=", ".join(AttemptStatus))] = None
    response_code: Annotated[str | None, Field(description="`500`, `5xx` or `none`")] = None
    action: Text = None
    customer: Text = None
    site_id: Text = None
    error: Annotated[str | None, Field(description=", ".join(AttemptError))] = None
    delivery_id: Ids = None
    event_id: Text = None
    subscription_id: Text = None
    trigger: Annotated[str | None, Field(description=", ".join(Trigger))] = None
    resend_id: Text = None


class AttemptQuery(AttemptFilters, LogQuery, SearchedQuery):
    """A page of the webhook log."""


class RequestFilters(RangeQuery):
    """Filters of the incoming log."""

    outcome: Annotated[str | None, Field(description=", ".join(Outcome))] = None
    endpoint: Text = None
    definition_id: Text = None
    status_code: Annotated[str | None, Field(description="such as 422")] = None
    action: Text = None
    customer: Text = None
    event_id: Text = None
    run_id: Text = None


class RequestQuery(RequestFilters, LogQuery, SearchedQuery):
    """A page of the incoming log."""


class StreamQuery(Query):
    """What streams take besides the filters of their list."""

    last_event_id: Annotated[str | None, Field(description="go on after this event, as the header does")] = None
    most: Annotated[int | None, Field(ge=1, le=10_000, description="rows a second; more are an event `gap`")] = None


class AttemptStream(AttemptFilters, StreamQuery):
    """The webhook log live."""


class RequestStream(RequestFilters, StreamQuery):
    """The incoming log live."""


class EventFilters(RangeQuery):
    """Filters of the event history."""

    action: Text = None
    customer: Text = None
    source: Annotated[str | None, Field(description=", ".join(SourceType))] = None
    request_id: Text = None


class EventQuery(EventFilters, LogQuery, SearchedQuery):
    """A page of the event history."""


class QueueFilters(RangeQuery):
    """Filters of the queue."""

    reason: Annotated[str | None, Field(description="queued, retrying or parked")] = None
    action: Text = None
    customer: Text = None
    site_id: Text = None
    delivery_id: Text = None


class QueueQuery(QueueFilters, LogQuery):
    """A page of the queue."""
