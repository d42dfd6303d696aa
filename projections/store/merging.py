"""Merges rows into their table as `Batch` does: row by row on SQLite, by COPY and one statement on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from projections.folds.rows import SHAPES, Row
from projections.store.copying import copy_rows, merging, without_nul
from projections.store.merge import upsert

__all__ = ["merge"]

FEW = 50  # rows that one statement each is quicker for than a temporary table

Dialect = cast("Any", postgresql.dialect)  # which its stubs do not type
ON_SQLITE = {
    kind: str(upsert(kind, sqlite.insert).compile(dialect=sqlite.dialect(paramstyle="qmark"))) for kind in SHAPES
}
ON_POSTGRESQL = {
    kind: str(upsert(kind, postgresql.insert).compile(dialect=Dialect(paramstyle="format"))) for kind in SHAPES
}
ALL_AT_ONCE = {kind: merging(kind) for kind in SHAPES}


def merge(connection: Connection, kind: type[Row], rows: Sequence[Row]) -> None:
    """Merge rows of one kind.

    The driver runs the statement directly: through the insert construct the same rows cost half as much again. On
    PostgreSQL in the order of the keys, so that two writers never wait for each other in a ring.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(ON_SQLITE[kind], list(rows))
        return
    possible = without_nul(rows)
    if len(possible) < FEW:
        key = SHAPES[kind].key
        connection.exec_driver_sql(ON_POSTGRESQL[kind], sorted(possible, key=lambda row: row[:key]))
    else:
        copy_rows(connection, kind, possible)
        connection.exec_driver_sql(ALL_AT_ONCE[kind])
