"""Folds the log into a store once more, from where that store is to given ends, as fast as the machine can.

One thread reads and folds, another writes; each batch with its offsets in one transaction, so it goes on wherever it
ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.log import Log, Offsets
from projections.store.backend import Backend
from projections.store.write import Move, Partition, Writer

__all__ = ["Progress", "refold"]

Progress = Callable[[int], None]  # is told how many records were folded since the last time
RECORDS = 10_000  # of one transaction: more rows of one key meet before they are written


class Refolding:
    """One run; `since` (ms): older records give no rows."""

    def __init__(self, log: Log, fold: Fold, writer: Writer, told: Progress) -> None:
        self._log, self._fold, self._writer, self._told = log, fold, writer, told
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._under_way: Future[None] | None = None
        self._positions: dict[Partition, int] = {}

    def to(self, ends: Offsets) -> None:
        """Fold up to these offsets."""
        self._positions = self._pool.submit(self._writer.positions, list(ends)).result()
        batch, moves, count = Batch(), dict[Partition, Move](), 0
        for messages in self._log.read(self._positions, ends):
            self._add(batch, moves, messages)
            count += len(messages)
            if count >= RECORDS:
                self._write(batch, moves, count)
                batch, moves, count = Batch(), {}, 0
        # A partition may end in places that no record has: a transaction's end, or what has expired.
        for place, end in ends.items():
            at = moves[place].next_offset if place in moves else self._positions[place]
            if at < end:
                moves[place] = Move(self._positions[place], end, end, moves[place].recorded_at if place in moves else 0)
        self._write(batch, moves, count)
        self._wait()

    def _add(self, batch: Batch, moves: dict[Partition, Move], messages: Iterable[Message]) -> None:
        for message in messages:
            batch.add(self._fold.rows(message))
            place = message.topic, message.partition
            after = message.offset + 1
            moves[place] = Move(self._positions[place], after, after, message.timestamp)

    def _write(self, batch: Batch, moves: Mapping[Partition, Move], count: int) -> None:
        self._wait()
        self._positions |= {place: move.next_offset for place, move in moves.items()}
        self._under_way = self._pool.submit(self._writer.write, batch, moves)
        self._told(count)

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.result()

    def close(self) -> None:
        """Let go of the store."""
        self._pool.submit(self._writer.close).result()
        self._pool.shutdown()


def refold(log: Log, fold: Fold, backend: Backend, ends: Offsets, told: Progress = lambda _: None) -> None:
    """Fold the log into a store up to these offsets.

    Raises:
        HooklineError: Kafka or the store does not go along.
    """
    refolding = Refolding(log, fold, Writer(backend), told)
    try:
        refolding.to(ends)
    finally:
        refolding.close()
