"""A runner of jobs in the gateway's own loop, fed with the operations that were written; it does not rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.job_doors import works
from gateway.jobs.running import Runner
from tests.gateway.house import House
from tests.projections.records import NOW

__all__ = ["Jobs"]


class Jobs:
    """Of one gateway; `naps` are the rests that it would have had, in seconds."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.fed = 0
        self.naps: list[float] = []
        self.runner = Runner(
            works(house.log.configuration, house.reader, house.log, house.keyring, house.topics),
            writer=house.log,
            topics=house.topics,
            now=lambda: NOW,
            sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        await asyncio.sleep(0)

    async def _feed(self) -> None:
        records = self.house.log.records(self.house.topics.operations)
        for record in records[self.fed :]:
            self.runner.take(record)
        self.fed = len(records)

    def feed(self) -> None:
        asyncio.run_coroutine_threadsafe(self._feed(), self.house._loop).result(60)

    def own(self) -> None:
        self.feed()
        self.call(self.runner.caught_up)

    def call(self, what: Callable[[], object]) -> None:
        async def called() -> None:
            what()

        asyncio.run_coroutine_threadsafe(called(), self.house._loop).result(60)

    def idle(self) -> bool:
        return not self.runner._tasks
