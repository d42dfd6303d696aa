"""Writes a batch of rows and the offsets it ends at in one transaction, and reads offsets back.

Order: 1. the store is still the same, 2. the fence, 3. the rows, 4. commit. So store and log cannot disagree, and a
projector that was fenced writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, insert, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from projections.folds.fold import Batch
from projections.store import figures
from projections.store.backend import Backend, Identity
from projections.store.errors import OffsetFenced, StoreDamaged, StoreForeign, StoreReplaced, StoreUnavailable
from projections.store.merging import merge
from projections.store.opening import backend_of
from projections.store.packing import Packer
from projections.store.retention import Sweep
from projections.tables import offsets, origin

__all__ = ["Move", "Partition", "Writer"]

Partition = tuple[str, int]  # topic and number

FENCE = (
    update(offsets)
    .where(
        offsets.c.topic == bindparam("of_topic"),
        offsets.c.partition == bindparam("of_partition"),
        offsets.c.next_offset == bindparam("expected"),
    )
    .values(next_offset=bindparam("at"), end_offset=bindparam("end"), recorded_at=bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class Move:
    """How one partition's offset goes on; `recorded_at` (ms) is the time of the last record folded."""

    expected: int
    next_offset: int
    end_offset: int
    recorded_at: int


class Writer:
    """The store as its projector sees it; to be used by one thread."""

    def __init__(self, store: str | Backend) -> None:
        self._backend = backend_of(store) if isinstance(store, str) else store
        self._engine: Engine = self._backend.writer()
        self._target = self._backend.target()
        self._identity: Identity | None = None
        self._packer = Packer()

    def check_target(self) -> None:
        """See that the store is still where it was, without asking a server.

        Raises:
            StoreReplaced: it was deleted, or another took its place.
        """
        if self._target is None or self._backend.target() != self._target:
            raise self._replaced()

    def _replaced(self) -> StoreReplaced:
        return StoreReplaced(
            f"the store {self._backend.name} was deleted or replaced; the next start goes on with what is there"
        )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        self.check_target()
        try:
            with self._engine.begin() as connection:
                self._backend.join_writers(connection)
                self._check_identity(connection)
                yield connection
        except DBAPIError as error:
            raise failure(self._backend, error) from None

    def _check_identity(self, connection: Connection) -> None:
        found = self._backend.identity(connection)
        if self._identity is None:
            self._identity = found
        if found is None or found != self._identity:
            raise self._replaced()

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
                    f"the store {self._backend.name} was folded from the Kafka cluster {known.cluster}, topics "
                    f"{known.topic_prefix}*, and this is {cluster}, topics {prefix}*; `hookline projections rebuild` "
                    "folds this one"
                )

    def positions(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The next offset of each partition, 0 for one that was never folded."""
        wanted = list(partitions)
        table = offsets.c
        query = select(table.topic, table.partition, table.next_offset).where(
            tuple_(table.topic, table.partition).in_(wanted)
        )
        with self._transaction() as connection:
            known = {(row.topic, row.partition): row.next_offset for row in connection.execute(query)}
            new = [place for place in wanted if place not in known]
            if new:
                zero = {"next_offset": 0, "end_offset": 0, "recorded_at": 0}
                connection.execute(insert(offsets), [{"topic": t, "partition": p, **zero} for t, p in new])
        return known | dict.fromkeys(new, 0)

    def write(self, batch: Batch, moves: Mapping[Partition, Move]) -> None:
        """Write the rows and move the offsets, or neither.

        Raises:
            OffsetFenced: an offset is not where this projector left it.
            StoreReplaced: the store is not the one that was opened.
            StoreUnavailable: it cannot be written just now.
            StoreDamaged: it cannot be written at all.
        """
        with self._transaction() as connection:
            fence(connection, moves)
            differences = figures.differences(connection, batch)
            for kind, rows in batch.tables.items():
                merge(connection, kind, self._packer.pack(connection, rows.values()))
            figures.add(connection, differences)
        self._packer.committed()

    def sweep(self, sweep: Sweep) -> bool:
        """One step of a sweep; False when it is over.

        Raises:
            StoreReplaced, StoreUnavailable, StoreDamaged: as `write`.
        """
        with self._transaction() as connection:
            return sweep.step(connection)

    def close(self) -> None:
        """Let go of the store."""
        self._engine.dispose()


def failure(backend: Backend, error: DBAPIError) -> StoreUnavailable | StoreDamaged | DBAPIError:
    """What a driver's error means for whoever writes; one that tells of a bug of ours stays as it is."""
    said = str(error.orig).strip().replace("\n", " ")
    if backend.passes(error):
        return StoreUnavailable(f"the store {backend.name} cannot be written: {said}")
    if not backend.is_damage(error):
        return error
    return StoreDamaged(
        f"the store {backend.name} is damaged ({said}); `hookline projections rebuild` makes it anew from the log"
    )


def fence(connection: Connection, moves: Mapping[Partition, Move]) -> None:
    for (topic, partition), move in moves.items():
        values = {"of_topic": topic, "of_partition": partition, "expected": move.expected}
        to = {"at": move.next_offset, "end": move.end_offset, "last": move.recorded_at}
        if connection.execute(FENCE, values | to).rowcount != 1:
            raise OffsetFenced(
                f"{topic}/{partition} is not at {move.expected}: another projector has folded it further"
            )
