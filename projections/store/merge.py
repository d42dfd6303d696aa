"""How rows of each kind are merged into their table: the statement, made once from the table's own columns."""

from __future__ import annotations

from sqlalchemy import Table, tuple_
from sqlalchemy.dialects import sqlite

from projections.folds.rows import SHAPES, Row
from projections.tables import metadata

__all__ = ["table_of", "upsert"]

ORDER = ("rank", "recorded_at", "place")


def table_of(kind: type[Row]) -> Table:
    """The table of a kind of row."""
    return metadata.tables[SHAPES[kind].table]


def upsert(kind: type[Row]) -> str:
    """The statement that merges rows of a kind as `Batch` does.

    The driver runs it directly: through the insert construct the same rows cost half as much again.
    """
    table, shape = table_of(kind), SHAPES[kind]
    statement = sqlite.insert(table)
    key = [column.name for column in table.columns][: shape.key]
    if "rank" not in table.c:
        done = statement.on_conflict_do_nothing(index_elements=key)
    else:
        new, old = (tuple_(*(c[n] for n in ORDER)) for c in (statement.excluded, table.c))
        changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
        wins = new > old if shape.latest else new < old
        done = statement.on_conflict_do_update(index_elements=key, set_=changed, where=wins)
    return str(done.compile(dialect=sqlite.dialect(paramstyle="qmark")))
