"""Which rows of two stores differ, by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table

from projections.store.copying import cleaned
from projections.store.digest import TABLES, rows_of

__all__ = ["Difference", "differences"]

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row: its table, its key, and what differs."""

    table: str
    key: Values
    what: str

    def __str__(self) -> str:
        return f"{self.table} {', '.join(map(str, self.key))}: {self.what}"


def differences(one: Connection, other: Connection, table: Table, since: int = 0) -> Iterator[Difference]:
    """The rows of a table that only one of two stores has, or that differ; `one` is called the store, `other` the log.

    Both give their rows in the order of the keys, so neither is read into memory.
    """
    size = TABLES[table]
    ours, theirs = (iter(rows_of(connection, table, since)) for connection in (one, other))
    mine, its = next(ours, None), next(theirs, None)
    while mine is not None or its is not None:
        if its is None or (mine is not None and mine[:size] < its[:size]):
            assert mine is not None  # noqa: S101 - one of the two is there
            yield Difference(table.name, mine[:size], "is in the store and not in the log")
            mine = next(ours, None)
        elif mine is None or its[:size] < mine[:size]:
            yield Difference(table.name, its[:size], "is in the log and not in the store")
            its = next(theirs, None)
        else:
            if wrong := unequal(table, mine, its):
                yield Difference(table.name, mine[:size], wrong)
            mine, its = next(ours, None), next(theirs, None)


def unequal(table: Table, mine: Values, its: Values) -> str:
    """The columns in which two rows of one key differ, without their values: those may be customers' data."""
    if mine == its:
        return ""
    pairs = zip(table.columns, cleaned(mine), cleaned(its), strict=False)
    return ", ".join(f"{column.name} differs" for column, one, other in pairs if one != other)
