"""The shapes of figures: series for charts, groups of failures. Their query parameters."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from gateway.api.operations import Query
from gateway.api.times import Time

__all__ = [
    "AttemptPoint",
    "AttemptSeriesQuery",
    "FailureQuery",
    "Failures",
    "IncomingPoint",
    "IncomingSeriesQuery",
    "QueuePoint",
    "QueueSeries",
    "QueueSeriesQuery",
    "Series",
]

Text = Annotated[str | None, Field(min_length=1, max_length=1024)]
Milliseconds = Annotated[float | None, Field(description="ms; null where nothing was counted")]
AsOf = Annotated[str | None, Field(description="up to when the view has everything; null while it is empty")]
Point = TypeVar("Point")


class RangeQuery(Query):
    """From when to when."""

    from_: Annotated[
        str | None, Field(alias="from", description="ISO 8601; default: 24 hours before `to`. Steps count whole")
    ] = None
    to: Annotated[str | None, Field(description="ISO 8601; default: now")] = None


class FailureQuery(RangeQuery):
    """Which failures."""

    site_id: Text = None


class SeriesQuery(RangeQuery):
    """In steps of how long."""

    step: Annotated[
        str | None,
        Field(description="1m, 10m, 1h, ...; default: 1m for up to three hours, 10m for up to two days, else 1h"),
    ] = None


class AttemptSeriesQuery(SeriesQuery):
    """Which attempts, and one series of what each."""

    site_id: Text = None
    group_by: Literal["site_id", "response_code", "error"] | None = None


class IncomingSeriesQuery(SeriesQuery):
    """Which requests, and one series of what each."""

    definition_id: Text = None
    group_by: Literal["definition_id"] | None = None


class QueueSeriesQuery(SeriesQuery):
    """Whose queue, and one series of what each."""

    site_id: Text = None
    group_by: Literal["site_id"] | None = None


class Timed(BaseModel):
    """One step of one group."""

    at: Time
    group: Annotated[str | None, Field(description="the value of `group_by`; `none` where there was no answer")]
    count: int


class AttemptPoint(Timed):
    """Attempts by their status, and how long they took; by answer, that is not kept."""

    done: int
    resent: int
    failed: int
    p50: Milliseconds
    p95: Milliseconds
    p99: Milliseconds


class IncomingPoint(Timed):
    """Requests by their outcome, and how long it took to answer."""

    accepted: int
    filtered: int
    invalid: int
    duplicate: int
    inactive: int
    unverified: int
    malformed: int
    p50: Milliseconds
    p95: Milliseconds
    p99: Milliseconds


class QueuePoint(Timed):
    """`count` messages waited when the step ended; so many deliveries began to wait within it, and so many ended."""

    began: int
    ended: int


class Series(BaseModel, Generic[Point]):
    """Every step from `from` to `to`, group after group; at most fifty groups."""

    step: str
    from_: Annotated[Time, Field(alias="from")]
    to: Time
    group_by: str | None
    items: list[Point]
    as_of: AsOf


class QueueSeries(Series[QueuePoint]):
    """The queue's length, and how it is just now."""

    queued: int
    oldest_queued_at: Time | None


class Failure(BaseModel):
    """Attempts that failed in one way: `failed` for good, `resent` to be made again."""

    site_id: str
    site_name: str | None
    response_code: int | None
    error: str | None
    count: int
    failed: int
    resent: int
    first_at: Time | None
    last_at: Time | None
    last_attempt_id: str | None


class Failures(BaseModel):
    """The groups, what failed last first; at most a hundred."""

    items: list[Failure]
    from_: Annotated[Time, Field(alias="from")]
    to: Time
    as_of: AsOf
