"""Asks the store for the request that another one copies: in threads of its own, and never for long."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from gateway.incoming.copies import First, Folded
from gateway.metrics import NOT_RECALLED
from projections.queries import incoming_log, offsets
from projections.queries.store import Store, StoreUnavailable
from schemas.errors import RecordUnreadable

__all__ = ["Recalling"]

log = structlog.get_logger("gateway")
THREADS = 2
WITHIN = 1.0  # seconds


class Recalling:
    """The store; `topic` is that of incoming requests, with its prefix."""

    def __init__(self, store: Store, topic: str) -> None:
        self._store = store
        self._topic = topic
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="copies")
        self._away = False

    async def recall(self, account: str, key: str, since: int) -> tuple[First | None, Folded]:
        """See `Recall`."""
        asked = asyncio.get_running_loop().run_in_executor(self._pool, self._read, account, key, since)
        try:
            found = await asyncio.wait_for(asked, WITHIN)
        except (StoreUnavailable, RecordUnreadable, TimeoutError) as error:
            NOT_RECALLED.inc()
            if not self._away:
                log.warning("copies of older requests are not known: the store is away", reason=str(error))
            self._away = True
            return None, {}
        self._away = False
        return found

    def folded(self) -> dict[int, int]:
        """How far the store has the requests, by partition; nothing where it is away. Blocks."""
        try:
            with self._store.read() as connection:
                return self._offsets(offsets.folded(connection))
        except StoreUnavailable:
            return {}

    def _read(self, account: str, key: str, since: int) -> tuple[First | None, Folded]:
        with self._store.read() as connection:
            record = incoming_log.first_of_copies(connection, account, key, since)
            folded = self._offsets(offsets.folded(connection))
        if record is None:
            return None, folded
        told = (record.status_code, record.response_body, record.event_id, record.customer)
        return First(record.received_at, *told), folded

    def _offsets(self, found: dict[tuple[str, int], int]) -> dict[int, int]:
        return {partition: offset for (topic, partition), offset in found.items() if topic == self._topic}

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
