"""Whether this gateway lives, and whether it can acknowledge a request.

Ready asks Kafka, not the store: a store that is away costs no request. Its state is in the body all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.status.cluster import ClusterSeen
from projections.queries import offsets

__all__ = ["Alive", "Health", "Ready"]


class Alive(BaseModel):
    """The process answers."""

    alive: Literal[True]


class StoreState(BaseModel):
    """Whether the views can be read, and up to when they have everything."""

    available: bool
    as_of: str | None
    detail: str | None
    trouble: Annotated[str | None, Field(description="what keeps the projector from writing just now")]


class Ready(BaseModel):
    """Whether requests can be acknowledged."""

    ready: bool
    kafka: bool
    configuration: int | None
    applied: bool
    store: StoreState


@dataclass(slots=True)
class Health:
    """What is known of this process.

    `kafka` asks whether Kafka would acknowledge, `look` what it knows of the roles; `configuration` is the offset
    folded, None before all was read; `applied` is False while a configuration is awaited.
    """

    kafka: Callable[[], bool]
    look: Callable[[], ClusterSeen]
    reader: Reader
    configuration: Callable[[], int | None]
    applied: bool = True

    def has_been_applied(self) -> None:
        """A configuration is in effect; this process waits for none any more."""
        self.applied = True

    async def live(self, _: Call) -> Answer:
        """The process answers."""
        return Answer({"alive": True})

    async def ready(self, _: Call) -> Answer:
        """200 when a request can be acknowledged, 503 when not."""
        kafka = await asyncio.to_thread(self.kafka)
        offset = self.configuration()
        ready = kafka and offset is not None and self.applied
        body = {"ready": ready, "kafka": kafka, "configuration": offset, "applied": self.applied}
        trouble = (await asyncio.to_thread(self.look)).trouble if kafka else ""
        return Answer({**body, "store": {**await self._store(), "trouble": trouble or None}}, 200 if ready else 503)

    async def _store(self) -> dict[str, Any]:
        try:
            as_of = await self.reader.read(offsets.as_of)
        except Problem as problem:
            return {"available": False, "as_of": None, "detail": problem.detail}
        return {"available": True, "as_of": as_of, "detail": None}
