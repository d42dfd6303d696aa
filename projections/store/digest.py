"""What a store says, and a digest of it: two stores that hold the same rows have the same one.

In whatever order the rows came, however their records are packed. What is left out says when, not what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from projections.figure_tables import FIGURES
from projections.folds.rows import SHAPES
from projections.store.merge import table_of
from projections.store.unpacking import plain
from projections.tables import offsets, records

__all__ = ["TABLES", "digests", "rows_of"]

OFFSETS = [offsets.c.topic, offsets.c.partition, offsets.c.next_offset]
DAY = 86_400_000  # ms

# How many columns are the key of each table.
TABLES: dict[Table, int] = {
    **{table_of(row): shape.key for row, shape in SHAPES.items()},
    **{table: len(table.primary_key.columns) for table in FIGURES},
    offsets: 2,
}


def digests(connection: Connection, since: int = 0) -> dict[str, str]:
    """The digest of each table, by its name: rows in the order of their keys, every column that the log decides.

    Only of what was recorded from `since` (ms) on: older rows go at a time of each store's own.
    """
    return {table.name: digest_of(connection, table, since) for table in TABLES}


def digest_of(connection: Connection, table: Table, since: int) -> str:
    found = hashlib.sha256()
    for row in rows_of(connection, table, since):
        found.update(repr(row).encode())
    return found.hexdigest()


def rows_of(connection: Connection, table: Table, since: int = 0) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in the order of their keys, records as they lie in the log."""
    columns = OFFSETS if table is offsets else list(table.columns)
    query = select(*columns).order_by(*columns[: TABLES[table]])
    if table in FIGURES:
        query = query.where(table.c["at"] >= since + DAY) if since else query
    elif table is not offsets:
        query = query.where(table.c.recorded_at >= since)
    rows = connection.execution_options(yield_per=1000).execute(query)
    for row in rows:
        yield unpacked(connection, row) if table is records else tuple(row)


def unpacked(connection: Connection, row: Row[Any]) -> tuple[Any, ...]:
    return row.place, row.recorded_at, plain(connection, row.value)
