"""Merges rows into their table as `Batch` does: row by row on SQLite, by COPY and one statement on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from projections.folds.rows import SHAPES, Row
from projections.store.copying import copy_rows, merging, without_nul
from projections.store.merge import upsert

__all__ = ["merge"]

FEW = 50  # rows that one statement each is quicker for than a temporary table
# Rows of one statement on SQLite: a little less CPU than row by row, and the interpreter is let go once for all of
# them; row by row, a thread that writes stands in line for it at each row, behind one that folds.
TOGETHER = 500  # times 30 columns: half of the parameters that SQLite takes by default (sqlite.org/limits.html)
VALUES = re.compile(r"(?<=VALUES )(\(\?(?:, \?)*\))")  # the one row of a statement

Dialect = cast("Any", postgresql.dialect)  # which its stubs do not type


def together(statement: str) -> str:
    """The same insert of `TOGETHER` rows."""
    before, values, after = VALUES.split(statement, 1)
    return f"{before}{', '.join([values] * TOGETHER)}{after}"


ON_SQLITE = {
    kind: str(upsert(kind, sqlite.insert).compile(dialect=sqlite.dialect(paramstyle="qmark"))) for kind in SHAPES
}
SEVERAL_ON_SQLITE = {kind: together(statement) for kind, statement in ON_SQLITE.items()}
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
        merge_on_sqlite(connection, kind, rows)
        return
    possible = without_nul(rows)
    if len(possible) < FEW:
        key = SHAPES[kind].key
        connection.exec_driver_sql(ON_POSTGRESQL[kind], sorted(possible, key=lambda row: row[:key]))
    else:
        copy_rows(connection, kind, possible)
        connection.exec_driver_sql(ALL_AT_ONCE[kind])


def merge_on_sqlite(connection: Connection, kind: type[Row], rows: Sequence[Row]) -> None:
    one, several, left = ON_SQLITE[kind], SEVERAL_ON_SQLITE[kind], len(rows) % TOGETHER
    for start in range(left, len(rows), TOGETHER):
        connection.exec_driver_sql(several, tuple(chain(*rows[start : start + TOGETHER])))
    if left:
        connection.exec_driver_sql(one, list(rows[:left]))
