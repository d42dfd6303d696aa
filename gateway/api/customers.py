"""One customer over HTTP: what happened, in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.log_queries import RangeQuery
from gateway.api.log_shapes import AttemptRow, EventRow, RequestRow
from gateway.api.operations import Call
from gateway.api.reading import Reader
from gateway.api.site_names import site_names_of
from gateway.api.times import Time
from projections.queries import timelines
from streams.core.configuration import Configuration

__all__ = ["Customers", "Entry", "TimelineQuery"]


class TimelineQuery(RangeQuery):
    """A page of a time line."""

    kind: Annotated[str | None, Field(description="request, event or attempt")] = None
    limit: Annotated[str | None, Field(description="1 to 500, default 50")] = None
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None


class Entry(BaseModel):
    """What happened once; the row stands under the name of its kind."""

    kind: Literal["request", "event", "attempt"]
    at: Time
    request: RequestRow | None = None
    event: EventRow | None = None
    attempt: AttemptRow | None = None


@dataclass(frozen=True, slots=True)
class Customers:
    """The handler."""

    reader: Reader
    configuration: Configuration

    async def timeline(self, call: Call) -> Answer:
        """A page of one customer's time line."""
        parameters, reached = await self.reader.asked(call)
        names, customer = site_names_of(self.configuration, call.account), call.path["customer"]
        found = await self.reader.read(
            lambda connection: timelines.page(connection, call.account, parameters, customer=customer, site_names=names)
        )
        return Answer({**found, "stale": not reached})
