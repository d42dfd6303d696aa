"""The indexes that only queries need: a store that nobody reads yet is folded without them, and gets them at its end.

Kept row by row, they are most of the writing; made at once of rows that are there, each is one sort. The unique ones
stay: rows are merged by them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Index
from sqlalchemy.exc import DBAPIError

from projections.store.backend import Backend
from projections.store.write import failure
from projections.tables import metadata

__all__ = ["complete", "defer"]


def defer(store: Backend) -> None:
    """Drop them; to be called before a store is folded that has no readers.

    Raises:
        StoreUnavailable, StoreDamaged: it cannot be written.
    """
    change(store, drop)


def complete(store: Backend) -> None:
    """Make those that are missing, each in a transaction of its own.

    Raises:
        StoreUnavailable, StoreDamaged: it cannot be written.
    """
    change(store, lambda index, connection: index.create(connection, checkfirst=True))


def drop(index: Index, connection: Connection) -> None:
    """SQLite forgets the sizes of an index with it, by which its planner chooses: they are of the schema, and stay."""
    sizes = []
    if connection.dialect.name == "sqlite":
        asked = "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx = ?"
        sizes = [tuple(row) for row in connection.exec_driver_sql(asked, (index.name,))]
    index.drop(connection, checkfirst=True)
    if sizes:
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE idx = ?", (index.name,))
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", sizes)


def change(store: Backend, action: Callable[[Index, Connection], None]) -> None:
    engine = store.writer()
    try:
        for table in metadata.sorted_tables:
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                if not index.unique:
                    with engine.begin() as connection:
                        action(index, connection)
    except DBAPIError as error:
        raise failure(store, error) from None
    finally:
        engine.dispose()
