"""Writes to Kafka and waits for its word: from the event loop, at most three seconds, never blocking it.

What is not acknowledged by then is not known: it may be there or not, and the caller is told so.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from schemas.errors import KafkaUnavailable
from streams.edges.kafka import Message
from streams.edges.outbox import Placed

__all__ = ["ACKNOWLEDGED_WITHIN", "Sends", "Writer"]

ACKNOWLEDGED_WITHIN = 3.0  # seconds


class Sends(Protocol):
    """What an outbox is to the gateway."""

    def send(self, messages: Sequence[Message]) -> Future[list[Placed]]:
        """Write all; see `Outbox.send`."""


class Writer:
    """One outbox for one event loop; the loop is woken once for all that is acknowledged together."""

    def __init__(self, outbox: Sends, loop: asyncio.AbstractEventLoop, timeout: float = ACKNOWLEDGED_WITHIN) -> None:
        self._outbox = outbox
        self._loop = loop
        self._timeout = timeout
        self._done: deque[tuple[asyncio.Future[list[Placed]], Future[list[Placed]]]] = deque()
        self._woken = False

    async def write(self, *messages: Message) -> list[Placed]:
        """Write all and wait until Kafka has them; answers where they are.

        Raises:
            KafkaUnavailable: there was no word in time, or no room to wait in; it is not known whether they are there.
            MessageRefused: Kafka will never take one of them.
        """
        waiting: asyncio.Future[list[Placed]] = self._loop.create_future()
        self._outbox.send(messages).add_done_callback(partial(self._acknowledged, waiting))
        try:
            async with asyncio.timeout(self._timeout):
                return await waiting
        except TimeoutError:
            raise KafkaUnavailable(f"Kafka did not acknowledge within {self._timeout:g} s") from None

    def _acknowledged(self, waiting: asyncio.Future[list[Placed]], sent: Future[list[Placed]]) -> None:
        """In whichever thread the outbox reports from."""
        self._done.append((waiting, sent))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken = False
        while self._done:
            waiting, sent = self._done.popleft()
            if waiting.done():
                continue
            if (error := sent.exception()) is not None:
                waiting.set_exception(error)
            else:
                waiting.set_result(sent.result())
