"""How rows of each kind are merged into their table: the statement, made once from the table's own columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, tuple_

from projections.folds.rows import SHAPES, Row
from projections.tables import metadata

__all__ = ["key_of", "merged", "table_of", "upsert"]

ORDER = ("rank", "recorded_at", "place")
Insert = Callable[[Table], Any]  # of a dialect: both databases have ON CONFLICT, each as its own construct


def table_of(kind: type[Row]) -> Table:
    """The table of a kind of row."""
    return metadata.tables[SHAPES[kind].table]


def key_of(kind: type[Row]) -> list[str]:
    """The names of the columns that name a row of this kind."""
    return [column.name for column in table_of(kind).columns][: SHAPES[kind].key]


def upsert(kind: type[Row], insert: Insert) -> Any:
    """The insert that merges rows of a kind as `Batch` does; its values are still to be given."""
    return merged(kind, insert(table_of(kind)))


def merged(kind: type[Row], statement: Any) -> Any:
    """An insert, with what decides between a row and the one that has its key."""
    table, key = table_of(kind), key_of(kind)
    if "rank" not in table.c:
        return statement.on_conflict_do_nothing(index_elements=key)
    new, old = (tuple_(*(c[n] for n in ORDER)) for c in (statement.excluded, table.c))
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    wins = new > old if SHAPES[kind].latest else new < old
    return statement.on_conflict_do_update(index_elements=key, set_=changed, where=wins)
