"""Both logs live, as Server-Sent Events (WHATWG HTML, 9.2): each row once, resumable, over a restart of the gateway.

A stream keeps no rows: it remembers how far its reader has come, and reads on from the store when that changes. So a
slow reader costs one page of memory, and the id of each event is all that another gateway needs to go on.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from gateway.api.answers import EventStream
from gateway.api.operations import Call
from gateway.api.problems import Problem
from gateway.api.reading import Reader, refused_parameter
from gateway.api.site_names import site_names_of
from projections.queries import incoming_log, webhook_log
from projections.queries.arrivals import (
    ATTEMPTS,
    REQUESTS,
    Arrivals,
    Log,
    Moment,
    Wanted,
    now_of,
    read_moment,
    since,
    write_moment,
)
from schemas.errors import FieldInvalid
from schemas.json_text import dump
from schemas.topics import Topics
from streams.core.configuration import Configuration

__all__ = ["Streams"]

HEARTBEAT = 15.0  # seconds
AT_REST = 0.25  # seconds between two looks of one stream: one look costs as much for fifty rows as for ten
PAGE = 200  # rows that one stream holds at once
MOST_STREAMS = 500
MOST_OF_A_KEY = 100  # streams; so no key keeps all others out
RETRY = 1000  # ms after which a browser comes back
AGAIN = "10"  # seconds
LAST = "last_event_id"

Item = Callable[[Row[Any]], dict[str, Any]]


@dataclass(slots=True)
class Following:
    """One reader: what it asked for, and how far it has come."""

    wanted: Wanted
    item: Item
    most: int | None  # rows a second
    moment: Moment = ()

    def read(self, connection: Connection) -> Arrivals:
        """What has come since; `moment` stays."""
        return since(connection, self.wanted, self.moment, limit=PAGE)

    def id_of(self, moment: Moment) -> str:
        """A moment as the id of an event."""
        return write_moment(self.wanted.log, moment)


@dataclass(slots=True)
class Pace:
    """How many rows may be shown now, and how many were not: so many a second, and what one second had over."""

    most: int | None
    clock: Callable[[], float]
    left: float = math.inf
    at: float = 0.0  # when `left` was so much
    skipped: int = 0

    def allows(self) -> bool:
        """Whether one more row may be shown; counts it either way."""
        if self.most is None:
            return True
        now = self.clock()
        self.left = min(self.most, self.left + max(0.0, now - self.at) * self.most)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return True
        self.skipped += 1
        return False


@dataclass(slots=True)
class Streams:
    """The handlers; `clock` in seconds."""

    reader: Reader
    configuration: Configuration
    topics: Topics
    clock: Callable[[], float]
    open: Counter[str] = field(default_factory=Counter)  # by the key's hash

    async def webhook_log(self, call: Call) -> EventStream:
        """Attempts as they end."""
        account = call.account

        def item(row: Row[Any]) -> dict[str, Any]:
            return webhook_log.item(row, row.chain_number, site_names_of(self.configuration, account))

        return await self._stream(call, ATTEMPTS, self.topics.attempts, item)

    async def incoming_log(self, call: Call) -> EventStream:
        """Requests as they come."""
        return await self._stream(call, REQUESTS, self.topics.incoming_requests, incoming_log.item)

    async def _stream(self, call: Call, log: Log, topic: str, item: Item) -> EventStream:
        key_hash = call.caller.key_hash if call.caller else ""
        self._check_room(key_hash)
        parameters, _ = await self.reader.asked(call)
        given = parameters.pop(LAST, None)
        last = call.last_event_id or given
        most = parameters.pop("most", None)
        following = Following(Wanted(log, topic, call.account, parameters), item, most)
        following.moment = await self._start(following, last)
        version = self.reader.watcher.version
        first = await self.reader.read(following.read)  # a filter that there is not is said before anything is sent
        return EventStream(self._counted(key_hash, self._events(following, first, version, call.admitted)))

    def _check_room(self, key_hash: str) -> None:
        if self.open[key_hash] >= MOST_OF_A_KEY:
            sentence = f"this key has {MOST_OF_A_KEY} streams open already: close some, then come again"
            raise Problem("too_many", sentence, headers={"Retry-After": AGAIN})
        if self.open.total() >= MOST_STREAMS:
            raise Problem("unavailable", "too many streams are open here", headers={"Retry-After": AGAIN})

    async def _counted(self, key_hash: str, events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The same events; as long as they last, they take the room of a stream."""
        self.open[key_hash] += 1
        try:
            async with aclosing(events):
                async for text in events:
                    yield text
        finally:
            self.open[key_hash] -= 1
            self.open += Counter()  # forgets keys that have none

    async def _start(self, following: Following, last: str | None) -> Moment:
        if last is None:
            return await self.reader.read(partial(now_of, topic=following.wanted.topic))
        try:
            return read_moment(following.wanted.log, LAST, last)
        except FieldInvalid as error:
            raise refused_parameter(error.path, error.message) from None

    async def _events(
        self, following: Following, first: Arrivals, version: int, admitted: Callable[[], bool]
    ) -> AsyncGenerator[bytes]:
        """The text of the stream, until the reader goes, its key ends, or the gateway stops."""
        pace, found, sent, watcher = Pace(following.most, self.clock), first, self.clock(), self.reader.watcher
        yield f"retry: {RETRY}\nid: {following.id_of(following.moment)}\n\n".encode()
        while not watcher.closed and admitted():
            if found.rows:
                yield text_of(following, found, pace)
                sent = self.clock()
            following.moment = found.moment
            if found.complete:
                await asyncio.sleep(AT_REST)
                await watcher.moved(version, max(0.0, sent + HEARTBEAT - self.clock()))
            if self.clock() - sent >= HEARTBEAT:
                yield f":\nid: {following.id_of(following.moment)}\n\n".encode()
                sent = self.clock()
            version = watcher.version
            found = await self._read(following)

    async def _read(self, following: Following) -> Arrivals:
        """What has come; nothing while the store is away."""
        try:
            return await self.reader.read(following.read)
        except Problem:
            return Arrivals([], following.moment, complete=True)


def text_of(following: Following, found: Arrivals, pace: Pace) -> bytes:
    """Rows as events; what is beyond the pace is a `gap` with how many were left out."""
    shown = []
    for row, moment in found.rows:
        if pace.allows():
            shown.append(event(following, moment, following.item(row)))
    if pace.skipped:
        shown.append(event(following, found.moment, {"skipped": pace.skipped}, "event: gap\n"))
        pace.skipped = 0
    return "".join(shown).encode()


def event(following: Following, moment: Moment, data: Mapping[str, Any], kind: str = "") -> str:
    return f"id: {following.id_of(moment)}\n{kind}data: {dump(data)}\n\n"
