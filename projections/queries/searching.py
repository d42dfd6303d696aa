"""Text search in a list: first by what has an index, then inside what was sent and answered, the newest first.

A text that is an id, a customer, an error or an action of the account is looked up as such. Any other is looked for in
each row of the chosen time, in its fields and in its record: that costs no storage, and takes time, so it ends after a
second with what it has and goes on from there with `next`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, select, tuple_

from projections.queries.bounded import MOST_TEXT, text_of, within
from projections.store.unpacking import plain
from projections.tables import records
from schemas.codec import decode_as
from schemas.errors import FieldInvalid

__all__ = ["Field", "Found", "Search", "Source", "checked", "equal", "look", "matched_field"]

LONGEST_SEARCH = 256  # characters
SECONDS = 1.0
BATCH = 100  # rows that are read at once


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a text may be the value of, and the condition by its index."""

    name: str
    condition: Callable[[str], ColumnElement[bool] | None]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched in a list: `fields` by index, `words` of each row, and `parts` of its record, of kind `record`.

    `recorded` says whether a row's place is that of its own record.
    """

    fields: Sequence[Field]
    words: Sequence[Column[Any]]
    record: type[Any] | None = None
    parts: Callable[[Any], Iterable[str | bytes]] = lambda _: ()
    recorded: Callable[[Row[Any]], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Source:
    """A query whose rows are in this order; of `heavy` the texts may be long."""

    query: Select[Any]
    order: Sequence[Column[int]]
    heavy: Column[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, the newest first; `last` is the row that was searched last, None where all were."""

    rows: list[Row[Any]]
    last: Row[Any] | None


def equal(column: Column[str]) -> Field:
    """A field that is compared exactly."""
    return Field(column.name, lambda text: column == text)


def checked(text: str) -> str:
    """The text to be searched.

    Raises:
        FieldInvalid: it is blank or too long.
    """
    if not text.strip() or len(text) > LONGEST_SEARCH:
        raise FieldInvalid("q", f"must have 1 to {LONGEST_SEARCH} characters, and not only blanks")
    return text


def matched_field(
    connection: Connection, search: Search, table: Table, account: str | None, text: str
) -> tuple[str, ColumnElement[bool]] | None:
    """The field that this text is a value of, by its index; None where it is of none."""
    for field in search.fields:
        condition = field.condition(text)
        if condition is None:
            continue
        one = select(table.c.place).where(table.c.account == account, condition).limit(1)
        if connection.execute(one).first() is not None:
            return field.name, condition
    return None


def look(connection: Connection, search: Search, source: Source, *, text: str, limit: int) -> Found:
    """Go through the rows of a query until `limit` match, they hold much text, or the time is over."""
    deadline = time.monotonic() + SECONDS
    looking, found, last, size = Needle(text), list[Row[Any]](), None, 0
    query, table = source.query, source.order[0].table
    if search.record is not None:
        query = query.add_columns(records.c.value.label("record")).outerjoin_from(
            table, records, records.c.place == table.c.place
        )
    while True:
        rows, cut = within(connection, after(query, source.order, last).limit(BATCH), source.heavy)
        for row in rows:
            last = row
            if looking.is_in(connection, search, row):
                found.append(row)
                size += text_of(row, source.heavy) if source.heavy is not None else 0
            if len(found) >= limit or size >= MOST_TEXT or time.monotonic() > deadline:
                return Found(found, last)
        if len(rows) < BATCH and not cut:
            return Found(found, None)


def after(query: Select[Any], order: Sequence[Column[int]], last: Row[Any] | None) -> Select[Any]:
    if last is None:
        return query
    return query.where(tuple_(*order) < tuple_(*(getattr(last, f"order_{n}") for n in range(len(order)))))


class Needle:
    """A text as it is looked for: case is ignored, as far as ASCII goes in bodies; also as JSON escapes it."""

    def __init__(self, text: str) -> None:
        self._text = text.casefold()
        forms = (text, text.lower(), json.dumps(text)[1:-1].lower(), json.dumps(text, ensure_ascii=False)[1:-1])
        self._bytes = tuple({form.encode("utf-8", "surrogatepass").lower() for form in forms})

    def is_in(self, connection: Connection, search: Search, row: Row[Any]) -> bool:
        """Whether it occurs in a row's words, or in its record."""
        if any(self._text in word.casefold() for word in words(search, row)):
            return True
        if search.record is None or row.record is None or not search.recorded(row):
            return False
        record = plain(connection, row.record)
        # All that is shown of a record lies in it as it is, and the rest of it is not for people.
        return self._occurs(record) and any(map(self._occurs, search.parts(decode_as(search.record, record))))

    def _occurs(self, content: str | bytes) -> bool:
        low = (content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content).lower()
        return any(form in low for form in self._bytes)


def words(search: Search, row: Row[Any]) -> Iterator[str]:
    for column in search.words:
        value = getattr(row, column.name)
        if value is not None:
            yield str(value)
