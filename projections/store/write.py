"""Writes a batch of rows and the offsets it ends at in one transaction, and reads offsets back.

Order: 1. the fence, 2. the rows, 3. commit. So store and log cannot disagree, and a projector that was fenced writes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from projections.folds.fold import Batch
from projections.folds.rows import SHAPES
from projections.store.errors import OffsetFenced, StoreForeign, StoreReplaced, StoreUnavailable, passes
from projections.store.merge import upsert
from projections.store.sqlite import identity_of, open_writer, path_of
from projections.tables import offsets, origin

__all__ = ["Move", "Partition", "Writer"]

Partition = tuple[str, int]  # topic and number

FENCE = "UPDATE offsets SET next_offset=?, end_offset=?, recorded_at=? WHERE topic=? AND partition=? AND next_offset=?"


@dataclass(frozen=True, slots=True)
class Move:
    """How one partition's offset goes on; `recorded_at` (ms) is the time of the last record folded."""

    expected: int
    next_offset: int
    end_offset: int
    recorded_at: int


class Writer:
    """The store as its projector sees it; to be used by one thread."""

    def __init__(self, url: str) -> None:
        self._path = path_of(url)
        self._identity = identity_of(self._path)
        self._engine: Engine = open_writer(url)
        self._statements = {kind: upsert(kind) for kind in SHAPES}

    def check_file(self) -> None:
        """See that the file is still there, and the same.

        Raises:
            StoreReplaced: it was deleted, or another took its place.
        """
        if self._identity is None or identity_of(self._path) != self._identity:
            raise StoreReplaced(f"the store {self._path} was deleted or replaced; it is built again at the next start")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if passes(error):
                raise StoreUnavailable(f"the store {self._path} cannot be written: {error.orig}") from None
            raise

    def claim(self, cluster: str, prefix: str) -> None:
        """Say which log this store is folded from.

        Raises:
            StoreForeign: it was folded from another one.
        """
        with self._transaction() as connection:
            known = connection.execute(select(origin.c.cluster, origin.c.topic_prefix)).first()
            if known is None:
                connection.execute(insert(origin).values(id=1, cluster=cluster, topic_prefix=prefix))
            elif tuple(known) != (cluster, prefix):
                raise StoreForeign(
                    f"the store {self._path} was folded from the Kafka cluster {known.cluster}, topics "
                    f"{known.topic_prefix}*, and this is {cluster}, topics {prefix}*; delete the file to fold this one"
                )

    def positions(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The next offset of each partition, 0 for one that was never folded."""
        wanted = list(partitions)
        new = [{"topic": t, "partition": p, "next_offset": 0, "end_offset": 0, "recorded_at": 0} for t, p in wanted]
        table = offsets.c
        with self._transaction() as connection:
            if new:
                connection.execute(sqlite.insert(offsets).on_conflict_do_nothing(), new)
            rows = connection.execute(
                select(table.topic, table.partition, table.next_offset).where(
                    tuple_(table.topic, table.partition).in_(wanted)
                )
            )
            return {(row.topic, row.partition): row.next_offset for row in rows}

    def write(self, batch: Batch, moves: Mapping[Partition, Move]) -> None:
        """Write the rows and move the offsets, or neither.

        Raises:
            OffsetFenced: an offset is not where this projector left it.
            StoreReplaced: the file is not the one that was opened.
            StoreUnavailable: it cannot be written just now.
        """
        self.check_file()
        with self._transaction() as connection:
            fence(connection, moves)
            for kind, rows in batch.tables.items():
                connection.exec_driver_sql(self._statements[kind], list(rows.values()))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def fence(connection: Connection, moves: Mapping[Partition, Move]) -> None:
    for (topic, partition), move in moves.items():
        values = (move.next_offset, move.end_offset, move.recorded_at, topic, partition, move.expected)
        if connection.exec_driver_sql(FENCE, values).rowcount != 1:
            raise OffsetFenced(
                f"{topic}/{partition} is not at {move.expected}: another projector has folded it further"
            )
