"""A steady stream of requests in a thread, and what each was answered: for journeys that kill something meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

__all__ = ["Load", "Sent"]

UNANSWERED, LATE = 200, 0.1  # requests; seconds that are made up for. More would bury a machine that is slow


@dataclass(frozen=True, slots=True)
class Sent:
    """One request's end: `status` 0 when no answer came."""

    number: int
    status: int
    body: Any
    at: float  # seconds of the monotonic clock, when it was sent
    duration: float  # seconds


class Load:
    """POSTs `body_of(number)` to a URL at a rate, until it is stopped; fewer where answers take long."""

    def __init__(self, url: str, body_of: Callable[[int], Any], *, rate: float) -> None:
        self.url = url
        self.body_of = body_of
        self.rate = rate
        self.sent: list[Sent] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    @property
    def accepted(self) -> list[Sent]:
        """What was answered with a 2xx, so far."""
        return [each for each in list(self.sent) if 200 <= each.status < 300]

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(limit=200)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(10)) as session:
            tasks: set[asyncio.Task[None]] = set()
            due, number = time.monotonic(), 0
            while not self._stop.is_set():
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if len(tasks) >= UNANSWERED:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                due = max(due + 1 / self.rate, time.monotonic() - LATE)
                task = asyncio.create_task(self._send(session, number))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                number += 1
            if tasks:
                await asyncio.wait(tasks)

    async def _send(self, session: aiohttp.ClientSession, number: int) -> None:
        begun = time.monotonic()
        status, body = 0, None
        try:
            async with session.post(self.url, json=self.body_of(number)) as response:
                body = await response.json(content_type=None)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            pass  # the gateway was killed or is not up: no answer, which is what status 0 says
        self.sent.append(Sent(number, status, body, begun, time.monotonic() - begun))
