"""Figures over HTTP: series of attempts, requests and the queue, and what failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.reading import Reader
from projections.queries import failures, figures, queue_figures
from projections.queries.figures import Asked
from projections.queries.ranges import Range, read_range
from schemas.records import EntityKind
from streams.core.configuration import Configuration, Entity

__all__ = ["Figures"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The handlers; `now` in milliseconds."""

    reader: Reader
    configuration: Configuration
    now: Callable[[], int]

    async def attempts(self, call: Call) -> Answer:
        """Attempts by status, step by step."""
        by_answer = call.query.group_by in ("response_code", "error")
        parts = self._parts(call, EntityKind.SITE, call.query.site_id, each=by_answer)
        return await self._series(call, parts, figures.attempts)

    async def incoming(self, call: Call) -> Answer:
        """Requests by outcome, step by step."""
        parts = self._parts(call, EntityKind.INCOMING_WEBHOOK, call.query.definition_id)
        return await self._series(call, parts, figures.incoming)

    async def queue(self, call: Call) -> Answer:
        """The queue's length, step by step."""
        parts, now = self._parts(call, EntityKind.SITE, call.query.site_id), self.now()
        return await self._series(call, parts, partial(queue_figures.queue_series, now=now))

    async def failures(self, call: Call) -> Answer:
        """What failed, by site, answer and error."""
        names = {each.id: each.body["name"] for each in self._all(call, EntityKind.SITE) if each.body is not None}
        sites = [call.query.site_id] if call.query.site_id else list(names)

        def read(connection: Connection) -> dict[str, Any]:
            return failures.groups(connection, call.account, self._range(call), sites, names)

        return Answer(await self.reader.read(read))

    async def _series(
        self, call: Call, parts: list[str] | None, series: Callable[[Connection, Asked], dict[str, Any]]
    ) -> Answer:
        def read(connection: Connection) -> dict[str, Any]:
            return series(connection, Asked(call.account, self._range(call), parts, call.query.group_by))

        return Answer(await self.reader.read(read))

    def _range(self, call: Call) -> Range:
        return read_range(call.query.model_dump(by_alias=True, exclude_none=True), self.now())

    def _parts(self, call: Call, kind: EntityKind, wanted: str | None, *, each: bool = False) -> list[str] | None:
        """The parts whose figures are added up, each by itself if they are grouped; None is the sum of all."""
        if wanted:
            return [wanted]
        return [entity.id for entity in self._all(call, kind)] if call.query.group_by or each else None

    def _all(self, call: Call, kind: EntityKind) -> list[Entity]:
        state = self.configuration.account(call.account)
        return list(state.of(kind).values()) if state else []
