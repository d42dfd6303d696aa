"""Reads the store for the API: in threads of its own, and not before what the caller has just written is there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection

from gateway.api.operations import AFTER_WITHIN, Call
from gateway.api.problems import Problem
from gateway.api.watching import Watcher
from projections.queries import offsets
from projections.queries.store import Store, StoreUnavailable
from schemas.errors import FieldError, FieldInvalid

__all__ = ["Reader", "refused_parameter"]

THREADS, SLOW = 4, 2
MOST_DIGITS = 18  # of an offset
POSITION = re.compile(r"([a-z-]{1,40}):([0-9]{1,6}):([0-9]{1,18})", re.ASCII)

Found = TypeVar("Found")
Read = Callable[[Connection], Found]
Configured = Callable[[int, float], Awaitable[bool]]


class Reader:
    """The store, for the event loop; `prefix` is that of the topics."""

    def __init__(self, store: Store, prefix: str) -> None:
        self.store = store
        self.configured: Configured | None = None  # waits for an offset of `config`
        self._prefix = prefix
        self.watcher = Watcher(self._stamp)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self._slow = ThreadPoolExecutor(SLOW, thread_name_prefix="search")

    async def read(self, read: Read[Found], *, slow: bool = False) -> Found:
        """What `read` finds, of one moment; what may take a second is `slow`, and keeps nobody else waiting.

        Raises:
            Problem: the store is away, or a parameter is not one that the list takes.
        """
        pool = self._slow if slow else self._pool
        return await asyncio.get_running_loop().run_in_executor(pool, self._reading, read)

    def _reading(self, read: Read[Found]) -> Found:
        try:
            with self.store.read() as connection:
                return read(connection)
        except StoreUnavailable as error:
            raise Problem("unavailable", str(error), headers={"Retry-After": "2"}) from None
        except FieldInvalid as error:
            raise refused_parameter(error.path, error.message) from None

    async def reached(self, after: str, within: float) -> bool:
        """Wait until the view has these records; False when `within` seconds were not enough.

        A position is that of a change of configuration, a plain offset, or of records; blank where nothing had to be
        written.

        Raises:
            Problem: it is not a position.
        """
        if not after:
            return True
        if after.isascii() and after.isdigit() and len(after) <= MOST_DIGITS and self.configured is not None:
            return await self.configured(int(after), within)
        wanted, clock = self._places(after), asyncio.get_running_loop().time
        end, version = clock() + within, self.watcher.version
        while not await self.read(lambda connection: all(offsets.reached(connection, *place) for place in wanted)):
            if not await self.watcher.moved(version, max(0.0, end - clock())) or self.watcher.closed:
                return False
            version = self.watcher.version
        return True

    async def asked(self, call: Call) -> tuple[dict[str, Any], bool]:
        """What a list was asked for besides `after`, and whether the view has come that far; waited for a moment.

        Raises:
            Problem: `after` is not a position.
        """
        parameters = call.query.model_dump(by_alias=True, exclude_none=True)
        after = parameters.pop("after", None)
        return parameters, after is None or await self.reached(after, AFTER_WITHIN)

    async def _stamp(self) -> object:
        """How far the log is folded; None while the store is away."""
        try:
            return await self.read(offsets.stamp)
        except Problem:
            return None

    def _places(self, after: str) -> list[tuple[str, int, int]]:
        matches = [POSITION.fullmatch(word) for word in after.split(",")]
        found = [(self._prefix + match[1], int(match[2]), int(match[3])) for match in matches if match is not None]
        if len(found) < len(matches):
            raise refused_parameter("after", "must be the `position` of an answer")
        return found

    async def let_go(self, _: object) -> None:
        """The gateway stops: whoever waits for the store goes on, and streams end."""
        self.watcher.close()

    def close(self) -> None:
        """End the threads and close the store."""
        for pool in (self._pool, self._slow):
            pool.shutdown(wait=False, cancel_futures=True)
        self.store.close()


def refused_parameter(name: str, sentence: str) -> Problem:
    """A query parameter that a list does not take, or not with this value."""
    return Problem("unknown_parameter", f"{name}: {sentence}", [FieldError(name, sentence)])
