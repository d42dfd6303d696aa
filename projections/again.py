"""The log folded once more into a store for a while: to compare with the live one, or to see how things were."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from projections.folds.fold import Fold
from projections.log import Log, Offsets
from projections.queries.offsets import folded
from projections.queries.store import Store
from projections.rebuild import NEAR, Told
from projections.refold import refold
from projections.store import indexes
from projections.store.backend import Backend
from projections.store.comparing import Difference, differences
from projections.store.digest import TABLES, digests, rows_of
from projections.store.migrate import upgrade
from projections.store.opening import backend_of
from projections.store.sqlite import SqliteStore
from schemas.errors import HooklineError
from schemas.settings import Settings
from schemas.topics import NINETY_DAYS_MS, Topics

__all__ = ["TableUnknown", "Verdict", "dump", "verify"]

MOST_NAMED = 50  # differences
DAY = 86_400_000  # ms


class TableUnknown(HooklineError):
    """The store has no such table."""


@dataclass(slots=True)
class Verdict:
    """What became of a comparison: tables that are the same, and what differs in the others, not more than some."""

    same: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    named: list[Difference] = field(default_factory=list)
    records: int = 0


def verify(settings: Settings, now: int, told: Told | None = None) -> Verdict:
    """Fold the log again as far as the live store is, and compare; `now` in ms.

    Raises:
        KafkaUnavailable: Kafka does not answer.
        StoreUnavailable: the live store cannot be read.
    """
    live = Store(settings.store_url, connections=1)
    again = Again(settings, now - NINETY_DAYS_MS, told or Told())
    with again.store() as store:
        while again.left(positions_of(live)) > NEAR:
            again.fold_to(positions_of(live))
        with live.read() as connection:  # from here on all that is read of it is of one moment
            again.fold_to(folded(connection))
            with Store(store, connections=1).read() as other:
                verdict = compared(connection, other, now - NINETY_DAYS_MS + DAY)
    verdict.records = again.folded
    return verdict


def positions_of(live: Store) -> Offsets:
    with live.read() as connection:
        return folded(connection)


def compared(connection: Connection, other: Connection, since: int) -> Verdict:
    verdict = Verdict()
    ours, theirs = digests(connection, since), digests(other, since)
    for table in TABLES:
        if ours[table.name] == theirs[table.name]:
            verdict.same.append(table.name)
            continue
        found = list(islice(differences(connection, other, table, since), MOST_NAMED - len(verdict.named)))
        (verdict.differing if found else verdict.same).append(table.name)
        verdict.named += found
    return verdict


def dump(
    settings: Settings, moment: int, table: str | None = None, told: Told | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows as they were at a moment (ms), each with its table: what was written to the log later has no part in it.

    Raises:
        TableUnknown: there is no such table.
        KafkaUnavailable: Kafka does not answer.
    """
    wanted = [each for each in TABLES if table in (None, each.name)]
    if not wanted:
        raise TableUnknown(f"there is no table {table}: {', '.join(each.name for each in TABLES)}")
    again = Again(settings, moment - NINETY_DAYS_MS, told or Told())
    with again.store() as store:
        again.fold_to(again.ends_at(moment))
        with Store(store, connections=1).read() as connection:
            for each in wanted:
                yield from rows_with_names(connection, each)


def rows_with_names(connection: Connection, table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    names = [str(column.name) for column in table.columns]  # plain: a reserved word is more to SQLAlchemy
    for row in rows_of(connection, table):
        yield table.name, dict(zip(names, row, strict=False))


class Again:
    """The log and a store for a while, beside the live one if that is a file, as large as that one."""

    def __init__(self, settings: Settings, since: int, told: Told) -> None:
        topics = Topics(settings)
        self._live: Backend = backend_of(settings.store_url)
        self._log = Log(settings, Fold(topics, "").topics)
        self._fold = Fold(topics, self._log.cluster(), since)
        self._told = told
        self._positions: Offsets = {}
        self.folded = 0

    @contextmanager
    def store(self) -> Iterator[Backend]:
        """The store; it is gone afterwards."""
        beside = self._live.path.parent if isinstance(self._live, SqliteStore) else None
        folder = beside if beside and beside.is_dir() else None
        with tempfile.TemporaryDirectory(prefix="hookline-again-", dir=folder) as temporary:
            self._store = upgrade(SqliteStore(Path(temporary) / "again.db"))
            indexes.defer(self._store)  # it is read once, in the order of its keys
            try:
                yield self._store
            finally:
                self._log.close()

    def ends_at(self, moment: int) -> Offsets:
        """Where the log ended at a moment (ms)."""
        return self._log.at(moment)

    def left(self, ends: Offsets) -> int:
        """How many records these offsets are ahead."""
        return sum(end - self._positions.get(place, 0) for place, end in ends.items())

    def fold_to(self, ends: Offsets) -> None:
        """Fold up to these offsets."""
        self._told.total(sum(ends.values()), sum(self._positions.values()))
        refold(self._log, self._fold, self._store, ends, self._advance)
        self._positions = ends

    def _advance(self, records: int) -> None:
        self.folded += records
        self._told.advance(records)
