"""Customer events: an account's, one customer's, and one event. What was rejected as no event is not among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from projections.queries.bounded import streamed
from projections.queries.filters import equals, one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.rejected import still_refused
from projections.queries.searching import Search, equal
from projections.queries.times import iso
from projections.tables import customer_events, rejected
from schemas.json_text import JsonMalformed, parse
from schemas.records import CustomerEvent, SourceType

__all__ = ["latest", "of_ids", "one", "page", "stored"]

table = customer_events.c
# An unknown action is found out by routing, which writes the record to `rejected`: whichever comes first.
is_event = ~exists().where(rejected.c.refused == table.place, still_refused)

LISTING = Listing(
    kind=4,
    table=customer_events,
    columns=tuple(customer_events.columns),
    order=(table.timestamp, table.place),
    filters={
        "action": equals(table.action),
        "customer": equals(table.customer),
        "source": one_of(table.source, SourceType),
        "request_id": equals(table.request_id),
    },
    search=Search(
        fields=(equal(table.id), equal(table.customer), equal(table.action)),
        words=(table.id, table.customer, table.action, table.data, table.request_id),
    ),
    heavy=table.data,
)


def page(
    connection: Connection, account: str, parameters: Mapping[str, str], *, customer: str | None = None
) -> dict[str, Any]:
    """One page of an account's events, or of one customer's; newest first by the events' own time.

    Raises:
        FieldInvalid: names the parameter.
    """
    conditions = [is_event] if customer is None else [is_event, table.customer == customer]
    found = read_page(connection, LISTING, account, parameters, *conditions)
    return envelope(connection, found, [item(row) for row in found.rows])


def one(connection: Connection, account: str, event_id: str) -> dict[str, Any] | None:
    """One event; None where this account has none of that id."""
    query = select(*LISTING.columns).where(table.account == account, table.id == event_id, is_event)
    row = connection.execute(query).first()
    return None if row is None else item(row)


def of_ids(connection: Connection, account: str, event_ids: Sequence[str]) -> list[CustomerEvent]:
    """Those of an account's events that have one of these ids; at most a few thousand at once."""
    query = select(*LISTING.columns).where(table.account == account, table.id.in_(event_ids), is_event)
    return [event_of(row) for row in connection.execute(query)]


def stored(connection: Connection, account: str, event_id: str) -> CustomerEvent | None:
    """One event as it was, its data to the letter; None where this account has none of that id."""
    return next(iter(of_ids(connection, account, [event_id])), None)


def latest(connection: Connection, account: str, count: int) -> Iterator[CustomerEvent]:
    """So many of an account's events, those of the latest times, a few in memory at a time."""
    query = (
        select(*LISTING.columns)
        .where(table.account == account, is_event)
        .order_by(table.timestamp.desc(), table.place.desc())
        .limit(count)
    )
    return map(event_of, streamed(connection, query))


def event_of(row: Row[Any]) -> CustomerEvent:
    return CustomerEvent(
        id=row.id,
        account=row.account,
        customer=row.customer,
        action=row.action,
        timestamp=row.timestamp,
        data=row.data,
        source=SourceType(row.source),
        request_id=row.request_id,
        definition_id=row.definition_id,
        definition_revision=row.definition_revision,
        config_offset=-1,
    )


def item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "account": row.account,
        "customer": row.customer,
        "action": row.action,
        "timestamp": iso(row.timestamp),
        "data": data_of(row.data),
        "source": {"type": row.source, "request_id": row.request_id},
    }


def data_of(text: str) -> Any:
    """The event's data. What is no JSON (others write Avro too) is refused by routing, and shows nothing until then."""
    try:
        return parse(text.encode())
    except JsonMalformed:
        return {}
