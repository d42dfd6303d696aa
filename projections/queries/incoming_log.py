"""The incoming log: a row a request, and one request whole, with what it was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from projections.queries.contents import MASK, body_of, headers_of, record_at
from projections.queries.filters import equals, equals_number, one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.searching import Search, equal
from projections.queries.times import iso, milliseconds
from projections.store.unpacking import plain
from projections.tables import incoming_requests, records
from schemas.codec import decode_as
from schemas.records import IncomingRequest, Outcome

__all__ = ["accepted_as", "first_of_copies", "latest", "latest_ids", "latest_of", "of_ids", "one", "page", "whole"]

table = incoming_requests.c
READ_AHEAD = 20  # records that are in memory at once


def parts(request: IncomingRequest) -> Iterator[str | bytes]:
    """What people see of a request and its answer."""
    yield request.path
    yield "" if request.query_sealed else request.query
    yield b"" if request.body_sealed else request.body
    yield request.response_body
    for header in headers_of(request.headers):
        yield from header


LISTING = Listing(
    kind=3,
    table=incoming_requests,
    columns=tuple(incoming_requests.columns),
    order=(table.received_at, table.place),
    filters={
        "outcome": one_of(table.outcome, Outcome),
        "endpoint": equals(table.endpoint),
        "definition_id": equals(table.definition_id),
        "status_code": equals_number(table.status_code),
        "action": equals(table.action),
        "customer": equals(table.customer),
        "event_id": equals(table.event_id),
        "run_id": equals(table.run_id),
    },
    search=Search(
        fields=(
            equal(table.id),
            equal(table.event_id),
            equal(table.customer),
            equal(table.endpoint),
            equal(table.definition_id),
            equal(table.action),
        ),
        words=(
            table.id,
            table.customer,
            table.endpoint,
            table.action,
            table.event_id,
            table.error_code,
            table.error_path,
            table.error_detail,
        ),
        record=IncomingRequest,
        parts=parts,
    ),
)


def page(connection: Connection, account: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """One page of an account's incoming log.

    Raises:
        FieldInvalid: names the parameter.
    """
    found = read_page(connection, LISTING, account, parameters)
    return envelope(connection, found, [item(row) for row in found.rows])


def one(connection: Connection, account: str, request_id: str) -> dict[str, Any] | None:
    """One row with its request and response; None where this account has none of that id."""
    query = select(*LISTING.columns).where(table.account == account, table.id == request_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    return item(row) | contents(record_at(connection, row.place, IncomingRequest))


def whole(connection: Connection, account: str, request_id: str) -> IncomingRequest | None:
    """The record of one request, what is sealed in it sealed; None where this account has none of that id."""
    query = select(table.place).where(table.account == account, table.id == request_id)
    place = connection.execute(query).scalar()
    return None if place is None else record_at(connection, place, IncomingRequest)


def latest(connection: Connection, account: str, endpoint: str, count: int) -> Iterator[IncomingRequest]:
    """The last requests of an endpoint, the newest first, without those of reprocessing; read as they are taken."""
    yield from newest(connection, count, table.account == account, table.endpoint == endpoint)


def latest_of(connection: Connection, account: str, definition_id: str, count: int) -> Iterator[IncomingRequest]:
    """The last requests that a definition decided, in the same way."""
    yield from newest(connection, count, table.account == account, table.definition_id == definition_id)


def newest(connection: Connection, count: int, *conditions: ColumnElement[bool]) -> Iterator[IncomingRequest]:
    last = (
        select(table.place, table.received_at)
        .where(table.run_id.is_(None), *conditions)
        .order_by(table.received_at.desc(), table.place.desc())
        .limit(count)
        .subquery()
    )
    query = (
        select(records.c.value)
        .join(last, records.c.place == last.c.place)
        .order_by(last.c.received_at.desc(), last.c.place.desc())
        .execution_options(yield_per=READ_AHEAD)
    )
    for row in connection.execute(query):
        yield decode_as(IncomingRequest, plain(connection, row.value))


def latest_ids(connection: Connection, account: str, endpoint: str, count: int) -> list[str]:
    """The ids of the last requests of an endpoint, the newest first, without those of reprocessing."""
    query = (
        select(table.id)
        .where(table.account == account, table.endpoint == endpoint, table.run_id.is_(None))
        .order_by(table.received_at.desc(), table.place.desc())
        .limit(count)
    )
    return list(connection.execute(query).scalars())


def of_ids(connection: Connection, account: str, ids: Sequence[str]) -> dict[str, IncomingRequest]:
    """The records of these requests as far as the store has them, in the order of the ids; some hundreds at once."""
    query = (
        select(table.id, records.c.value)
        .join(records, records.c.place == table.place)
        .where(table.account == account, table.id.in_(ids))
    )
    found = {row.id: row.value for row in connection.execute(query)}
    return {each: decode_as(IncomingRequest, plain(connection, found[each])) for each in ids if each in found}


def first_of_copies(connection: Connection, account: str, key: str, since: int) -> IncomingRequest | None:
    """The newest accepted request with this hash, received at or after `since` (ms), as it was stored."""
    query = (
        select(table.place)
        .where(table.account == account, table.deduplication == key, table.received_at >= since)
        .where(table.outcome == Outcome.ACCEPTED.value, table.run_id.is_(None))
        .order_by(table.received_at.desc())
        .limit(1)
    )
    place = connection.execute(query).scalar()
    return None if place is None else record_at(connection, place, IncomingRequest)


def accepted_as(connection: Connection, account: str, event_ids: Sequence[str]) -> Iterator[IncomingRequest]:
    """The accepted requests that became these events, the oldest first; at most a few thousand at once."""
    query = (
        select(records.c.value)
        .join(incoming_requests, records.c.place == table.place)
        .where(table.account == account, table.event_id.in_(event_ids), table.outcome == Outcome.ACCEPTED.value)
        .order_by(table.received_at)
        .execution_options(yield_per=READ_AHEAD)
    )
    for row in connection.execute(query):
        yield decode_as(IncomingRequest, plain(connection, row.value))


def item(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "created_at": iso(row.received_at),
        "request_line": f"{row.method} /webhooks/custom/{row.account}/{row.endpoint}",
        "endpoint": row.endpoint,
        "definition_id": row.definition_id,
        "definition_revision": row.definition_revision,
        "outcome": row.outcome,
        "status_code": row.status_code,
        "duration_ms": milliseconds(row.duration_us),
        "event_id": row.event_id,
        "customer": row.customer,
        "action": row.action,
        "error": error_of(row),
        "reprocessed_request_id": row.reprocessed_request_id,
        "run_id": row.run_id,
    }


def error_of(row: Row[Any]) -> dict[str, Any] | None:
    if row.error_code is None:
        return None
    return {"code": row.error_code, "path": row.error_path, "detail": row.error_detail}


def contents(request: IncomingRequest | None) -> dict[str, Any]:
    if request is None:
        return {"request": None, "response": None}
    return {
        "request": {
            "method": request.method,
            "path": request.path,
            "query": MASK if request.query_sealed else request.query,
            "headers": headers_of(request.headers),
            **body_of(request.body, sealed=request.body_sealed),
            "truncated": request.body_truncated,
        },
        "response": {"headers": headers_of(request.response_headers), **body_of(request.response_body)},
    }
