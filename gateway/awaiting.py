"""Waits in the event loop until this process has folded a change of `config`; holds no thread meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from schemas.errors import ConfigurationRefused
from streams.core.configuration import Configuration

__all__ = ["Awaiting", "Follows"]


class Follows(Protocol):
    """What the follower of `config` is to the gateway."""

    @property
    def configuration(self) -> Configuration:
        """The fold as of now."""

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call `listener(offset)`, from whichever thread, after each change folded."""

    def verdict(self, offset: int) -> ConfigurationRefused | None:
        """Whether the fold took the change at `offset`: None, or the refusal."""


class Awaiting:
    """Those who wait for an offset, in one event loop."""

    def __init__(self, follower: Follows, loop: asyncio.AbstractEventLoop) -> None:
        self._follower = follower
        self._loop = loop
        self._waiting: dict[asyncio.Future[None], int] = {}
        follower.listen(self._folded)

    async def reached(self, offset: int, within: float) -> bool:
        """Wait until `offset` is folded; False when `within` seconds were not enough."""
        folded = self._loop.create_future()
        self._waiting[folded] = offset
        try:
            self._wake()  # what was folded before we waited
            async with asyncio.timeout(within):
                await folded
        except TimeoutError:
            return False
        finally:
            del self._waiting[folded]
        return True

    def _folded(self, _: int) -> None:
        """In the follower's thread."""
        if self._waiting and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        offset = self._follower.configuration.offset
        for folded, wanted in self._waiting.items():
            if wanted <= offset and not folded.done():
                folded.set_result(None)
