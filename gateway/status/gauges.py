"""The figures that nobody counts but that are looked up when Prometheus asks; at most once in some seconds.

Whatever is away costs its own figures, never the answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection

from gateway.api.answers import HEADERS
from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.metrics import KAFKA_UP, LAG, OLDEST, REGISTRY, STORE_UP
from gateway.status.cluster import ClusterSeen, Place
from gateway.status.lags import lags_of
from projections.queries import offsets
from projections.queries.oldest import oldest_of
from schemas.records import EntityKind
from schemas.topics import Topics
from streams.core.configuration import Configuration

__all__ = ["Gauges"]

GOOD_FOR = 5.0  # seconds


@dataclass(slots=True, kw_only=True)
class Gauges:
    """The handler of `/metrics`; `now` in milliseconds, `look` blocks for some seconds at most.

    Anybody may see figures, but only the operator which accounts there are: for others they are one.
    """

    look: Callable[[], ClusterSeen]
    reader: Reader
    topics: Topics
    configuration: Configuration
    now: Callable[[], int]
    is_operator: Callable[[web.Request], bool]
    _oldest: dict[str, float] = field(default_factory=dict)  # account -> seconds
    _looked: float = -GOOD_FOR
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show(self, request: web.Request) -> web.Response:
        """The figures, in Prometheus's text format."""
        async with self._lock:
            if time.monotonic() - self._looked >= GOOD_FOR:
                await self.refresh()
                self._looked = time.monotonic()
        self._name_accounts(self.is_operator(request))
        return web.Response(body=generate_latest(REGISTRY), headers={**HEADERS, "Content-Type": CONTENT_TYPE_LATEST})

    def _name_accounts(self, wanted: bool) -> None:  # noqa: FBT001 - said by its only caller
        OLDEST.clear()
        if wanted:
            for account, seconds in self._oldest.items():
                OLDEST.labels(account).set(seconds)
        elif self._oldest:
            OLDEST.labels("").set(max(self._oldest.values()))

    async def refresh(self) -> None:
        """Look everything up."""
        sites = self._sites()

        def read(connection: Connection) -> tuple[Mapping[Place, int], Mapping[str, int]]:
            return offsets.folded(connection), oldest_of(connection, sites)

        folded: Mapping[Place, int] | None = None
        self._oldest = {}
        seen = await asyncio.to_thread(self.look)
        KAFKA_UP.set(not seen.problem)
        try:
            folded, oldest = await self.reader.read(read)
            self._oldest = {account: max(self.now() - since, 0) / 1000 for account, since in oldest.items()}
        except Problem:
            folded = None
        STORE_UP.set(folded is not None)
        LAG.clear()
        for role, lag in lags_of(seen, folded, self.topics).items():
            if seen.ends:
                LAG.labels(role).set(sum(lag.values()))

    def _sites(self) -> dict[str, list[str]]:
        return {name: list(state.of(EntityKind.SITE)) for name, state in self.configuration.accounts.items()}
