"""What people asked for, and who they were, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.log_queries import LogQuery, Text
from gateway.api.operations import Call
from gateway.api.reading import Reader
from gateway.api.times import Time
from projections.queries import activity
from projections.queries.activity import KINDS

__all__ = ["Activity", "ActivityQuery", "ActivityRow"]


class ActivityQuery(LogQuery):
    """Filters of the activity."""

    kind: Annotated[str | None, Field(description=", ".join(KINDS))] = None
    author: Text = None


class ActivityRow(BaseModel):
    """One thing that somebody asked for."""

    id: Annotated[
        str, Field(description="of the command or job; of a rejected record `rejected/TOPIC/PARTITION/OFFSET`")
    ]
    at: Time
    author: str
    kind: str
    what: Annotated[str, Field(description="resend, cancel, send_now; the type of a job; retried, renewed, dismissed")]
    state: Annotated[str | None, Field(description="of a job")]
    delivery_id: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """The handler."""

    reader: Reader

    async def list(self, call: Call) -> Answer:
        """A page of it."""
        parameters, reached = await self.reader.asked(call)
        found = await self.reader.read(lambda connection: activity.page(connection, call.account, parameters))
        return Answer({**found, "stale": not reached})
