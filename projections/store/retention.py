"""Deletes what is older than it is kept for, a little at a time, between two batches of the fold.

Rows lie in the order in which they came, which after a rebuild is not that of their times. So a sweep goes over all of
a table by where its rows lie, a thousand or so at a time, and needs no index of times that every insert would pay for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_

from projections.figure_tables import FIGURES
from projections.folds.rows import SHAPES
from projections.store.merge import table_of

__all__ = ["Sweep"]

ROWS = 1000  # that are looked at in one transaction
PAGES = 64  # of PostgreSQL: of as many rows or so

SQLITE_END = "SELECT MAX(rowid) FROM (SELECT rowid FROM {table} WHERE rowid > {last} ORDER BY rowid LIMIT {rows})"
SQLITE_DELETE = "DELETE FROM {table} WHERE rowid > {last} AND rowid <= {end} AND recorded_at < {cut}"
POSTGRESQL_PAGES = "SELECT pg_relation_size('{table}') / current_setting('block_size')::bigint"
POSTGRESQL_DELETE = "DELETE FROM {table} WHERE ctid >= '({last},0)' AND ctid < '({end},0)' AND recorded_at < {cut}"


class Sweep:
    """One pass over all tables; `cut` (ms): what was recorded before goes."""

    def __init__(self, cut: int) -> None:
        self.cut = cut
        self.deleted = 0
        self._connection: Connection
        self._steps = self._all_steps()

    def step(self, connection: Connection) -> bool:
        """The next few rows, in this transaction; False when all was looked at."""
        self._connection = connection
        return next(self._steps, False)

    def _all_steps(self) -> Iterator[bool]:
        for kind in SHAPES:
            name = table_of(kind).name
            yield from self._by_page(name) if self._is_postgresql else self._by_rowid(name)
        for table in FIGURES:
            yield from self._by_key(table)

    @property
    def _is_postgresql(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def _by_rowid(self, table: str) -> Iterator[bool]:
        last = -1
        while (end := self._run(SQLITE_END, table=table, last=last, rows=ROWS).scalar()) is not None:
            self.deleted += self._run(SQLITE_DELETE, table=table, last=last, end=end, cut=self.cut).rowcount
            last = end
            yield True

    def _by_page(self, table: str) -> Iterator[bool]:
        last = 0
        while last < (self._run(POSTGRESQL_PAGES, table=table).scalar() or 0):
            end = last + PAGES
            self.deleted += self._run(POSTGRESQL_DELETE, table=table, last=last, end=end, cut=self.cut).rowcount
            last = end
            yield True

    def _by_key(self, table: Table) -> Iterator[bool]:
        """Figures lie in the order of their keys, and are few: those of a time are looked for."""
        key = tuple_(*table.primary_key.columns)
        old = select(*table.primary_key.columns).where(table.c["at"] < self.cut).limit(ROWS)
        while keys := [tuple(row) for row in self._connection.execute(old)]:
            self.deleted += self._connection.execute(delete(table).where(key.in_(keys))).rowcount
            yield True

    def _run(self, statement: str, **values: Any) -> Any:
        """The values are our own names and numbers."""
        return self._connection.exec_driver_sql(statement.format(**values))
