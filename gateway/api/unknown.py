"""Endpoints that were asked for and that nobody has: for whoever wonders why nothing arrives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.times import Time, iso
from gateway.incoming.unknown import UnknownEndpoint, UnknownEndpoints

__all__ = ["UnknownDoor", "UnknownList"]


class UnknownRow(BaseModel):
    """One method and path, how often, and when last."""

    time: Time
    method: str
    path: str
    count: int


class UnknownList(BaseModel):
    """The last hundred, as far as this gateway has seen them since its start; the newest first."""

    items: list[UnknownRow]
    next: None


@dataclass(frozen=True, slots=True)
class UnknownDoor:
    """The handler."""

    endpoints: UnknownEndpoints

    async def list(self, _: Call) -> Answer:
        """All that are remembered."""
        return answer(self.endpoints.rows)

    async def list_of(self, call: Call) -> Answer:
        """Those that name one account."""
        name = f"/custom/{call.account}/"
        return answer(row for row in self.endpoints.rows if name in row.path)


def answer(rows: Iterable[UnknownEndpoint]) -> Answer:
    items = [{"time": iso(r.time), "method": r.method, "path": r.path, "count": r.count} for r in rows]
    return Answer({"items": items, "next": None})
