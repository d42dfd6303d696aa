"""A digest of all rows: two stores that hold the same rows have the same one, whatever order they came in."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, Table, select

from projections.figure_tables import FIGURES
from projections.folds.rows import SHAPES
from projections.store.merge import table_of
from projections.tables import offsets

__all__ = ["digests"]

OFFSETS = [offsets.c.topic, offsets.c.partition, offsets.c.next_offset]  # the rest says when, not what


def digests(connection: Connection) -> dict[str, str]:
    """The digest of each table, by its name: rows in the order of their keys, every column that the log decides."""
    tables = {table_of(row): shape.key for row, shape in SHAPES.items()} | {offsets: 2}
    tables |= {table: len(table.primary_key) for table in FIGURES}
    return {table.name: digest_of(connection, table, key) for table, key in tables.items()}


def digest_of(connection: Connection, table: Table, key: int) -> str:
    columns = OFFSETS if table is offsets else list(table.columns)
    found = hashlib.sha256()
    rows = connection.execution_options(yield_per=1000).execute(select(*columns).order_by(*columns[:key]))
    for row in rows:
        found.update(repr(tuple(row)).encode())
    return found.hexdigest()
