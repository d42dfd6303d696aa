"""One look at the store for all who wait for it to change, however many they are; none while nobody waits.

Portable: the offsets are in the store, in the same transaction as the rows, so whoever is woken finds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

__all__ = ["Watcher"]

LOOK_EVERY = 0.02  # seconds

Look = Callable[[], Awaitable[object]]


class Watcher:
    """`look` says what would be another value after a change; None while that cannot be said."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._seen: object = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.version = 0
        self.closed = False

    async def moved(self, version: int, within: float) -> bool:
        """Wait until there is another version than this; False when `within` seconds were not enough.

        Take `version` before you read: what is written meanwhile then wakes you.
        """
        if self.version != version or self.closed:
            return True
        woken = asyncio.get_running_loop().create_future()
        self._waiting.add(woken)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(within):
                await woken
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(woken)
        return True

    async def _watch(self) -> None:
        try:
            while self._waiting:
                found = await self._look()
                if found is not None and found != self._seen:
                    self._seen = found
                    self.version += 1
                    self._wake()
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._task = None

    def _wake(self) -> None:
        for woken in self._waiting:
            if not woken.done():
                woken.set_result(None)

    def close(self) -> None:
        """Let all go who wait."""
        self.closed = True
        self._wake()
