"""The shapes of customer events on their way in, and of the answer to them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

__all__ = ["EventSent", "EventsSent", "EventsTaken"]


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
