"""One page of any list: one account's rows, newest first, by keyset, under the filters of its query parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, func, literal, select, tuple_

from projections.queries.bounded import within
from projections.queries.cursors import read_cursor, write_cursor
from projections.queries.filters import Filter
from projections.queries.offsets import as_of
from projections.queries.searching import Search, Source, checked, look, matched_field
from projections.queries.times import iso, read_time
from schemas.errors import FieldInvalid

__all__ = ["COMMON", "Listing", "Page", "common", "envelope", "filtered", "limit_of", "read_page", "times"]

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 500
MOST_COUNTED = 10_000
LIMIT = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
COMMON = ("limit", "cursor", "from", "to", "count")


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of list. `order` is what it is sorted by, the time first: integers that name a row's place in it."""

    kind: int  # of its cursors
    table: Table
    columns: Sequence[ColumnElement[Any]]
    order: Sequence[Column[int]]
    filters: Mapping[str, Filter]
    search: Search | None = None
    heavy: Column[str] | None = None  # whose texts may be long: a page ends where they come to `bounded.MOST_TEXT`


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the cursor of the next page, and the count if it was asked for."""

    rows: Sequence[Any]  # with the columns of the listing as fields
    next: str | None
    count: int | None
    exact: bool
    found_in: str | None = None  # of a search: `text`, or the field that it is a value of
    searched_to: int | None = None  # ms


def read_page(
    connection: Connection,
    listing: Listing,
    account: str | None,
    parameters: Mapping[str, str],
    *conditions: ColumnElement[bool],
) -> Page:
    """The page that these query parameters ask for; `conditions` hold besides.

    Raises:
        FieldInvalid: a parameter that there is not, or a value that it cannot have; names the parameter.
    """
    where = [listing.table.c.account == account, *conditions, *filtered(listing, parameters)]
    limit, field = limit_of(parameters), None
    if (text := parameters.get("q")) is not None and listing.search is not None:
        field = matched_field(connection, listing.search, listing.table, account, checked(text))
        if field is None:
            return searched(connection, listing, ordered(listing, where, parameters), parameters, limit)
        where.append(field[1])
    rows, cut = within(connection, ordered(listing, where, parameters).limit(limit + 1), listing.heavy)
    following = cursor_of(listing, rows[:limit][-1]) if cut or len(rows) > limit else None
    count, exact = counted(connection, listing, where) if asks_count(parameters) else (None, True)
    return Page(rows[:limit], following, count, exact, None if field is None else field[0])


def ordered(listing: Listing, where: Sequence[ColumnElement[bool]], parameters: Mapping[str, str]) -> Select[Any]:
    """Rows in the order of the list, from its cursor on."""
    query = select(*listing.columns, *(column.label(f"order_{n}") for n, column in enumerate(listing.order)))
    query = query.where(*where).order_by(*(column.desc() for column in listing.order))
    if "cursor" not in parameters:
        return query
    values = read_cursor(listing.kind, len(listing.order), parameters["cursor"])
    return query.where(tuple_(*listing.order) < tuple_(*(literal(value) for value in values)))


def searched(
    connection: Connection, listing: Listing, query: Select[Any], parameters: Mapping[str, str], limit: int
) -> Page:
    """What of a query's rows has the text of `q`, as far as a second reaches."""
    if listing.search is None:
        raise FieldInvalid("q", "this list is not searched")
    source = Source(query, listing.order, listing.heavy)
    found = look(connection, listing.search, source, text=parameters["q"], limit=limit)
    count = len(found.rows) if asks_count(parameters) else None
    following = None if found.last is None else cursor_of(listing, found.last)
    to = None if found.last is None else found.last.order_0
    return Page(found.rows, following, count, found.last is None and "cursor" not in parameters, "text", to)


def filtered(listing: Listing, parameters: Mapping[str, str]) -> list[ColumnElement[bool]]:
    known = listing.filters
    conditions = []
    for name, value in parameters.items():
        if name in known:
            conditions.append(known[name](name, value))
        elif name not in common(listing):
            raise FieldInvalid(
                name, f"is not a parameter of this list; those are {', '.join([*known, *common(listing)])}"
            )
    return conditions + times(listing.order[0], parameters)


def common(listing: Listing) -> tuple[str, ...]:
    """What a list takes besides its filters."""
    return COMMON if listing.search is None else (*COMMON, "q")


def times(column: Column[int], parameters: Mapping[str, str]) -> list[ColumnElement[bool]]:
    start, end = (read_time(name, parameters[name]) if name in parameters else None for name in ("from", "to"))
    if start is not None and end is not None and start > end:
        raise FieldInvalid("to", "is before `from`")
    conditions = [] if start is None else [column >= start]
    return conditions if end is None else [*conditions, column < end]


def limit_of(parameters: Mapping[str, str]) -> int:
    text = parameters.get("limit", str(DEFAULT_LIMIT))
    if not LIMIT.fullmatch(text) or int(text) > LARGEST_LIMIT:
        raise FieldInvalid("limit", f"must be a whole number from 1 to {LARGEST_LIMIT}")
    return int(text)


def asks_count(parameters: Mapping[str, str]) -> bool:
    text = parameters.get("count", "false")
    if text not in ("true", "false"):
        raise FieldInvalid("count", "must be true or false")
    return text == "true"


def counted(connection: Connection, listing: Listing, where: Sequence[ColumnElement[bool]]) -> tuple[int, bool]:
    """How many rows there are, at most `MOST_COUNTED`, and whether that is exact."""
    some = select(literal(1)).select_from(listing.table).where(*where).limit(MOST_COUNTED + 1).subquery()
    found = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return min(found, MOST_COUNTED), found <= MOST_COUNTED


def cursor_of(listing: Listing, row: Row[Any]) -> str:
    return write_cursor(listing.kind, [getattr(row, f"order_{n}") for n in range(len(listing.order))])


def envelope(connection: Connection, page: Page, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The answer of a list: `items`, `next`, `as_of` (up to when the log is folded), and `count` if asked for."""
    answer: dict[str, Any] = {"items": items, "next": page.next, "as_of": as_of(connection)}
    if page.found_in is not None:
        answer |= {
            "found_in": page.found_in,
            "searched_to": None if page.searched_to is None else iso(page.searched_to),
        }
    if page.count is not None:
        answer |= {"count": page.count, "count_is": "exact" if page.exact else "at_least"}
    return answer
