"""What happened to one customer, in both directions: requests, events, attempts; the newest first, one cursor for all.

Requests that name the customer are there even when they were filtered or invalid, as far as the customer could be read.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, select, tuple_

from projections.queries import events, incoming_log, webhook_log
from projections.queries.cursors import read_cursor, write_cursor
from projections.queries.lists import Listing, limit_of, times
from projections.queries.offsets import as_of
from projections.queries.times import iso
from schemas.errors import FieldInvalid

__all__ = ["PARAMETERS", "page"]

KIND = 7  # of its cursors
PARAMETERS = ("limit", "cursor", "from", "to", "kind")
BEYOND = 2**63 - 1  # later than any row
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of entry: its list, what holds besides, and the entry of a row."""

    kind: str
    listing: Listing
    item: Callable[[Row[Any], Names], dict[str, Any]]
    conditions: Sequence[ColumnElement[bool]] = ()


SOURCES = (
    Source("request", incoming_log.LISTING, lambda row, _: incoming_log.item(row)),
    Source("event", events.LISTING, lambda row, _: events.item(row), (events.is_event,)),
    Source("attempt", webhook_log.LISTING, lambda row, names: webhook_log.item(row, row.chain_number, names)),
)
WIDTH = sum(len(source.listing.order) for source in SOURCES)


def page(
    connection: Connection,
    account: str,
    parameters: Mapping[str, str],
    *,
    customer: str,
    site_names: Names | None = None,
) -> dict[str, Any]:
    """One page: `items` of `{kind, at}` and the row under the name of its kind.

    Raises:
        FieldInvalid: names the parameter.
    """
    wanted = sources_of(parameters)
    limit, places = limit_of(parameters), places_of(parameters)
    found = [
        (row.order_0, -number, source, row)
        for number, source in enumerate(SOURCES)
        if source in wanted
        for row in rows_of(connection, source, account, customer, parameters, places[number], limit + 1)
    ]
    newest = heapq.nlargest(limit + 1, found, key=lambda each: (each[0], each[1], tuple(order_of(each[2], each[3]))))
    for _, number, source, row in newest[:limit]:
        places[-number] = order_of(source, row)
    following = write_cursor(KIND, [value for place in places for value in place]) if len(newest) > limit else None
    return {
        "items": [
            {"kind": source.kind, "at": iso(at), source.kind: source.item(row, site_names or {})}
            for at, _, source, row in newest[:limit]
        ],
        "next": following,
        "as_of": as_of(connection),
    }


def sources_of(parameters: Mapping[str, str]) -> Sequence[Source]:
    for name in parameters:
        if name not in PARAMETERS:
            raise FieldInvalid(name, f"is not a parameter of this list; those are {', '.join(PARAMETERS)}")
    kinds = [source.kind for source in SOURCES]
    if (kind := parameters.get("kind")) is not None and kind not in kinds:
        raise FieldInvalid("kind", f"must be one of {', '.join(kinds)}")
    return [source for source in SOURCES if parameters.get("kind", source.kind) == source.kind]


def places_of(parameters: Mapping[str, str]) -> list[list[int]]:
    """Where each source goes on: the order values of the last row that was shown of it."""
    if "cursor" not in parameters:
        return [[BEYOND] * len(source.listing.order) for source in SOURCES]
    values = iter(read_cursor(KIND, WIDTH, parameters["cursor"]))
    return [[next(values) for _ in source.listing.order] for source in SOURCES]


def rows_of(  # noqa: PLR0917 - one call
    connection: Connection,
    source: Source,
    account: str,
    customer: str,
    parameters: Mapping[str, str],
    place: Sequence[int],
    limit: int,
) -> Sequence[Row[Any]]:
    listing = source.listing
    query = (
        select(*listing.columns, *(column.label(f"order_{n}") for n, column in enumerate(listing.order)))
        .where(
            listing.table.c.account == account,
            listing.table.c.customer == customer,
            *source.conditions,
            *times(listing.order[0], parameters),
            tuple_(*listing.order) < tuple_(*(literal(value) for value in place)),
        )
        .order_by(*(column.desc() for column in listing.order))
        .limit(limit)
    )
    return connection.execute(query).all()


def order_of(source: Source, row: Row[Any]) -> list[int]:
    return [getattr(row, f"order_{n}") for n in range(len(source.listing.order))]
