"""The shapes of rejected records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.log_queries import LogQuery, Text
from gateway.api.times import Time
from projections.queries.rejected import State
from schemas.records import RejectedReason

__all__ = ["RejectedHandled", "RejectedQuery", "RejectedRow", "RejectedWhole"]

Encoding = Literal["utf-8", "base64"]


class RejectedQuery(LogQuery):
    """Filters of rejected records."""

    reason: Annotated[str | None, Field(description=", ".join(RejectedReason))] = None
    state: Annotated[str | None, Field(description=", ".join(State))] = None
    topic: Annotated[Text, Field(description="without the prefix, such as `customer-events`")] = None


class RejectedRow(BaseModel):
    """A record that could not be used; its id is its place: topic, partition, offset."""

    id: str
    created_at: Annotated[Time, Field(description="when it was rejected")]
    topic: str
    partition: int
    offset: int
    account: str | None
    reason: RejectedReason
    path: str | None
    detail: str
    recorded_at: Annotated[Time, Field(description="when it was written")]
    size: Annotated[int, Field(description="bytes of the value")]
    state: State


class RejectedWhole(RejectedRow):
    """The same with its bytes."""

    headers: list[list[str]]
    key: str | None
    key_encoding: Encoding | None
    value: Annotated[str | None, Field(description="null where there is only the reference")]
    value_encoding: Encoding | None


class RejectedHandled(BaseModel):
    """What was done about one."""

    id: str
    state: State
    retried_as: Annotated[str | None, Field(description="the place of the new record")]
    position: Annotated[str, Field(description="lists of rejected records take it as `after`")]
