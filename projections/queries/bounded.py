"""Rows whose texts may be long, read so many at once that they fit into memory whatever they hold."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Result, Select

__all__ = ["MOST_TEXT", "plain_rows", "streamed", "text_of", "within"]

MOST_TEXT = 4 * 1024 * 1024  # characters of the long column in one page; its last row may go beyond
FEW = 10  # rows that a driver fetches at once


def within(connection: Connection, query: Select[Any], heavy: Column[str] | None) -> tuple[list[Any], bool]:
    """A query's rows, and whether they end early since the texts of `heavy` have come to `MOST_TEXT`."""
    if heavy is None:
        return plain_rows(connection.execute(query)), False
    rows, size = list[Any](), 0
    for row in streamed(connection, query):
        rows.append(row)
        size += text_of(row, heavy)
        if size >= MOST_TEXT:
            return rows, True
    return rows, False


def text_of(row: Any, heavy: Column[str]) -> int:
    """How many characters of long text a row holds."""
    return len(getattr(row, heavy.name))


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """A query's rows, a few in memory at a time."""
    with connection.execute(query, execution_options={"yield_per": FEW}) as result:
        yield from map(shape(tuple(result.keys()))._make, result)


def plain_rows(result: Result[Any]) -> list[Any]:
    """Rows as plain named tuples: making them and reading six fields takes a quarter of the time of SQLAlchemy's."""
    return list(map(shape(tuple(result.keys()))._make, result.all()))


@cache
def shape(names: Sequence[str]) -> Any:
    return namedtuple("shape", names)  # noqa: PYI024 - the columns of a query are not known before
