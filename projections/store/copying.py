"""Brings rows to PostgreSQL by COPY, into a temporary table; and the statement that merges them from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table, select
from sqlalchemy import column as name_of
from sqlalchemy import table as named
from sqlalchemy.dialects import postgresql

from projections.folds.rows import Row
from projections.store.merge import key_of, merged, table_of
from projections.store.postgresql import NUL, SHOWN

__all__ = ["cleaned", "copy_rows", "merging", "without_nul"]

DIALECT = cast("Any", postgresql.dialect)()  # which its stubs do not type


def copy_rows(connection: Connection, kind: type[Row], rows: Sequence[Row]) -> None:
    """Put rows into the temporary table of their kind, which is empty again after the transaction."""
    table = table_of(kind)
    temporary = temporary_of(table)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {temporary} (LIKE {table.name}) ON COMMIT DELETE ROWS"
    )
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with raw.cursor() as cursor, cursor.copy(f"COPY {temporary} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([type_of(column) for column in table.columns])
        write = copy.write_row
        for row in rows:
            write(row)


def merging(kind: type[Row]) -> str:
    """From the temporary table into the table, in the order of the keys."""
    table, key = table_of(kind), key_of(kind)
    names = [column.name for column in table.columns]
    rows: Any = select(*(name_of(name) for name in names)).select_from(named(temporary_of(table)))
    statement = postgresql.insert(table).from_select(names, rows.order_by(*(name_of(name) for name in key)))
    return str(merged(kind, statement).compile(dialect=DIALECT))


def without_nul(rows: Sequence[Row]) -> Sequence[Row]:
    """The same rows, each U+0000 of a text as its picture."""
    if not any(has_nul(row) for row in rows):
        return rows
    return [type(row)(*cleaned(row)) for row in rows]


def has_nul(row: Row) -> bool:
    return NUL in "".join([value for value in row if type(value) is str])


def cleaned(row: Iterable[Any]) -> Iterator[Any]:
    """The values, each U+0000 of a text as its picture."""
    for value in row:
        yield value.replace(NUL, SHOWN) if isinstance(value, str) else value


def temporary_of(table: Table) -> str:
    return f"incoming_{table.name}"


def type_of(column: Column[Any]) -> str:
    kind = column.type.dialect_impl(DIALECT)
    if isinstance(kind, LargeBinary):
        return "bytea"
    if isinstance(kind, BigInteger):
        return "int8"
    return "int4" if isinstance(kind, Integer) else "text"
