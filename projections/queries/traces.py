"""One trace: the request, the event, its deliveries and their attempts, found by any of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from projections.queries import deliveries as of_deliveries
from projections.queries import events as of_events
from projections.queries import incoming_log
from projections.queries.contents import record_at
from projections.tables import attempts, customer_events, deliveries, incoming_requests
from schemas.records import AttemptStatus, Delivery, IncomingRequest, Outcome

__all__ = ["Trace", "find", "request_with", "timers"]

MOST_COPIES = 20
requests = incoming_requests.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the store has of one chain of effects.

    `decided_under` is the offset of `config` that a delivery of it was decided under; `routed_at` (ms) when the event
    was in the log. `request_record` is the request whole, as it was stored.
    """

    event: dict[str, Any] | None
    event_data: str
    routed_at: int | None
    request: dict[str, Any] | None
    request_record: IncomingRequest | None
    copies: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    decided_under: int | None


def find(
    connection: Connection, account: str, any_id: str, *, site_names: Mapping[str, str] | None = None
) -> Trace | None:
    """The trace of a request, an event, a delivery or an attempt; None where this account has nothing of that id."""
    request = connection.execute(
        select(*incoming_log.LISTING.columns).where(requests.account == account, requests.id == any_id)
    ).first()
    event_id = request.event_id if request is not None else event_id_of(connection, account, any_id)
    if request is None and event_id is None:
        return None
    event = event_row(connection, account, event_id)
    came = requests_of(connection, account, event_id, request, event)
    made = deliveries_of(connection, account, event_id, site_names or {})
    first = came[0] if came else None
    return Trace(
        event=None if event is None else of_events.item(event),
        event_data="{}" if event is None else event.data,
        routed_at=None if event is None else event.recorded_at,
        request=None if first is None else incoming_log.item(first),
        request_record=None if first is None else record_at(connection, first.place, IncomingRequest),
        copies=[incoming_log.item(row) for row in came[1:]],
        deliveries=made,
        decided_under=decided_under(connection, account, event_id),
    )


def event_id_of(connection: Connection, account: str, any_id: str) -> str | None:
    """The event that an id leads to: its own, of a delivery, or of an attempt."""
    delivery_id = any_id.partition(".")[0]
    for table, name in ((customer_events, customer_events.c.id), (deliveries, deliveries.c.delivery_id)):
        column = table.c.id if table is customer_events else table.c.event_id
        wanted = any_id if table is customer_events else delivery_id
        found = connection.execute(select(column).where(table.c.account == account, name == wanted)).scalar()
        if found is not None:
            return str(found)
    of_attempts = select(attempts.c.event_id).where(
        attempts.c.account == account, attempts.c.delivery_id == delivery_id
    )
    found = connection.execute(of_attempts.limit(1)).scalar()
    return None if found is None else str(found)


def event_row(connection: Connection, account: str, event_id: str | None) -> Row[Any] | None:
    table = customer_events.c
    query = select(*of_events.LISTING.columns).where(
        table.account == account, table.id == (event_id or ""), of_events.is_event
    )
    return connection.execute(query).first()


def requests_of(
    connection: Connection, account: str, event_id: str | None, asked: Row[Any] | None, event: Row[Any] | None
) -> Sequence[Row[Any]]:
    """The request that became the event, then its copies; the one that was asked for where there is no event."""
    if event_id is None:
        return [] if asked is None else [asked]
    query = (
        select(*incoming_log.LISTING.columns)
        .where(requests.account == account, requests.event_id == event_id)
        .order_by(requests.received_at, requests.place)
        .limit(MOST_COPIES + 1)
    )
    rows = sorted(connection.execute(query), key=lambda row: row.outcome != Outcome.ACCEPTED.value)
    if rows or event is None or event.request_id is None:
        return rows
    first = select(*incoming_log.LISTING.columns).where(requests.account == account, requests.id == event.request_id)
    return connection.execute(first).all()


def deliveries_of(
    connection: Connection, account: str, event_id: str | None, site_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    table = deliveries.c
    query = select(*deliveries.columns).where(table.account == account, table.event_id == (event_id or ""))
    rows = connection.execute(query.order_by(table.created_at, table.place)).all()
    return [of_deliveries.item(connection, row, site_names) for row in rows]


def decided_under(connection: Connection, account: str, event_id: str | None) -> int | None:
    table = deliveries.c
    query = select(table.place).where(table.account == account, table.event_id == (event_id or "")).limit(1)
    place = connection.execute(query).scalar()
    delivery = None if place is None else record_at(connection, place, Delivery)
    return None if delivery is None else delivery.config_offset


def timers(made: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What of these deliveries still waits, the next first."""
    waiting = [
        {
            "delivery_id": delivery["id"],
            "attempt_id": row["id"],
            "site_id": row["site_id"],
            "due": row["next_attempt_at"],
        }
        for delivery in made
        for row in delivery["attempts"]
        if row["status"] == AttemptStatus.QUEUED
    ]
    return sorted(waiting, key=lambda each: each["due"] or "~")


def request_with(
    connection: Connection, account: str, request_id: str
) -> tuple[dict[str, Any], IncomingRequest | None] | None:
    """One request as people see it, and as it was stored; None where this account has none of that id."""
    query = select(*incoming_log.LISTING.columns).where(requests.account == account, requests.id == request_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    record = record_at(connection, row.place, IncomingRequest)
    return incoming_log.item(row) | incoming_log.contents(record), record
