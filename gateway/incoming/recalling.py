"""Asks the store what was accepted before: the request that another one copies, the event that has an id.

In threads of its own, and never for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from gateway.incoming.copies import First
from gateway.incoming.latest import Folded
from gateway.incoming.producer_ids import KnownEvent, known_event
from gateway.incoming.reopening import event_of_request
from gateway.metrics import NOT_RECALLED
from projections.queries import events, incoming_log, offsets
from projections.queries.store import Store, StoreUnavailable
from schemas.errors import RecordUnreadable, SecretUnreadable
from schemas.records import IncomingRequest
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.edges.keyring import Keyring

__all__ = ["Recalling", "maps_id"]

log = structlog.get_logger("gateway")
THREADS = 2
WITHIN = 1.0  # seconds


Found = TypeVar("Found")


class Recalling:
    """The store; `compiler` knows the definitions that requests of then were decided by."""

    def __init__(self, store: Store, topics: Topics, compiler: Compiler, keyring: Keyring) -> None:
        self._store, self._topics = store, topics
        self._compiler, self._keyring = compiler, keyring
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="recalling")
        self._away = False

    async def recall(self, account: str, key: str, since: int) -> tuple[First | None, Folded]:
        """See `copies.Recall`."""
        found = await self._asked(lambda connection: self._first(connection, account, key, since))
        return (None, {}) if found is None else found

    async def recall_events(self, account: str, ids: Collection[str]) -> tuple[dict[str, KnownEvent], Folded]:
        """See `producer_ids.RecallEvents`."""
        found = await self._asked(lambda connection: self._events(connection, account, sorted(ids)))
        return ({}, {}) if found is None else found

    async def _asked(self, read: Callable[[Connection], Found]) -> Found | None:
        """What `read` finds; None where the store is away."""
        asked = asyncio.get_running_loop().run_in_executor(self._pool, self._reading, read)
        try:
            found = await asyncio.wait_for(asked, WITHIN)
        except (StoreUnavailable, RecordUnreadable, TimeoutError) as error:
            NOT_RECALLED.inc()
            if not self._away:
                log.warning("what was accepted earlier is not known: the store is away", reason=str(error))
            self._away = True
            return None
        self._away = False
        return found

    def _reading(self, read: Callable[[Connection], Found]) -> Found:
        with self._store.read() as connection:
            return read(connection)

    def folded(self, topic: str) -> dict[int, int]:
        """How far the store has a topic, by partition; nothing where it is away. Blocks."""
        try:
            return self._reading(lambda connection: offsets_of(connection, topic))
        except StoreUnavailable:
            return {}

    def _first(self, connection: Connection, account: str, key: str, since: int) -> tuple[First | None, Folded]:
        record = incoming_log.first_of_copies(connection, account, key, since)
        folded = {**offsets_of(connection, self._topics.incoming_requests)}
        if record is None:
            return None, folded
        told = (record.status_code, record.response_body, record.event_id, record.customer)
        return First(record.received_at, *told), folded

    def _events(self, connection: Connection, account: str, ids: list[str]) -> tuple[dict[str, KnownEvent], Folded]:
        """Events that are folded, and those that requests will become."""
        known = {each.id: known_event(each) for each in events.of_ids(connection, account, ids)}
        missing = [each for each in ids if each not in known]
        for request in incoming_log.accepted_as(connection, account, missing) if missing else ():
            found = self.event_of(request)
            if found is not None:
                known.setdefault(found[0], found[1])
        return known, {**offsets.folded(connection)}

    def event_of(self, request: IncomingRequest) -> tuple[str, KnownEvent] | None:
        """The id and the content of the event that an accepted request becomes.

        None where its definition takes no id from the request, or where it is not known.
        """
        then = self._compiler.receiving(request.account, request.definition_id, request.definition_revision)
        if then is None or not maps_id(then.body):
            return None
        try:
            event = event_of_request(request, self._compiler, self._keyring)
        except SecretUnreadable:
            return None
        return None if event is None else (event.id, known_event(event))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def maps_id(definition: Mapping[str, Any]) -> bool:
    """Whether a definition takes its event's id from the request."""
    return any(item.get("to") == "id" for item in definition.get("mapping", ()))


def offsets_of(connection: Connection, topic: str) -> dict[int, int]:
    return {partition: offset for (name, partition), offset in offsets.folded(connection).items() if name == topic}
