"""The webhook log: a row an attempt, and one attempt whole, with its request and response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from projections.queries.contents import body_of, headers_of, record_at
from projections.queries.filters import any_of, equals, one_of, response_code
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.searching import Field, Search, equal
from projections.queries.times import due_or_none, iso, milliseconds
from projections.tables import IS_ASKED_FOR, attempts, deliveries
from schemas.identity import attempt_id
from schemas.records import Attempt, AttemptError, AttemptStatus, Trigger

__all__ = ["attempts_of_delivery", "of_id", "one", "page", "recorded"]

table = attempts.c
earlier = attempts.alias("earlier")
# Chains are named by time-ordered ids; people see their number: 0 is the original, 1 the first resend.
chain_number = case(
    (table.chain == "0", 0),
    else_=select(func.count(earlier.c.chain.distinct()))
    .where(earlier.c.delivery_id == table.delivery_id, earlier.c.chain < table.chain)
    .scalar_subquery(),
).label("chain_number")


def of_event(name: str, value: str) -> ColumnElement[bool]:
    """By way of the event's deliveries, which have an index for it."""
    made = select(deliveries.c.delivery_id).where(deliveries.c.event_id == value)
    return and_(equals(table.event_id)(name, value), table.delivery_id.in_(made))


def by_trigger(name: str, value: str) -> ColumnElement[bool]:
    """What people asked for is few, and has an index of its own, which is taken only where its words are said."""
    found = one_of(table.trigger, Trigger)(name, value)
    return found if value == Trigger.AUTO else and_(IS_ASKED_FOR, found)


def key_of(row_id: str) -> tuple[ColumnElement[bool], ...] | None:
    """The condition that a row has this id; None where no row could."""
    delivery_id, _, rest = row_id.partition(".")
    chain, _, step = rest.rpartition(".")
    if not (step.isascii() and step.isdigit() and len(step) < len(str(2**63))):
        return None
    return table.delivery_id == delivery_id, table.chain == chain, table.step == int(step)


def of_id(text: str) -> ColumnElement[bool] | None:
    key = key_of(text)
    return None if key is None else and_(*key)


def parts(sent: Attempt) -> Iterator[str | bytes]:
    """What people see of an attempt."""
    yield from (sent.request_url, sent.request_body, sent.response_body, sent.error_detail)
    for header in headers_of([*sent.request_headers, *sent.response_headers]):
        yield from header


LISTING = Listing(
    kind=1,
    table=attempts,
    columns=(*(column for column in attempts.columns), chain_number),
    order=(table.created_at, table.place, table.step),
    filters={
        "status": one_of(table.status, AttemptStatus),
        "response_code": response_code(table.response_code, table.response_class),
        "action": equals(table.action),
        "customer": equals(table.customer),
        "site_id": equals(table.site_id),
        "error": one_of(table.error, AttemptError),
        "delivery_id": any_of(table.delivery_id),
        "event_id": of_event,
        "subscription_id": equals(table.subscription_id),
        "trigger": by_trigger,
        "resend_id": equals(table.resend_id),
    },
    search=Search(
        fields=(
            Field("id", of_id),
            equal(table.delivery_id),
            Field("event_id", lambda text: of_event("q", text)),
            equal(table.customer),
            equal(table.site_id),
            equal(table.resend_id),
            equal(table.error),
            equal(table.action),
        ),
        words=(table.customer, table.action, table.site_name, table.error, table.delivery_id, table.event_id),
        record=Attempt,
        parts=parts,
        recorded=lambda row: row.status != AttemptStatus.QUEUED,
    ),
)


def page(
    connection: Connection, account: str, parameters: Mapping[str, str], *, site_names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One page of an account's webhook log; `site_names`: of rows that were never sent, by site id.

    Raises:
        FieldInvalid: names the parameter.
    """
    found = read_page(connection, LISTING, account, parameters)
    return envelope(connection, found, [item(row, row.chain_number, site_names or {}) for row in found.rows])


def one(
    connection: Connection, account: str, row_id: str, *, site_names: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """One row with its request and response; None where this account has none of that id."""
    key = key_of(row_id)
    if key is None:
        return None
    row = connection.execute(select(*LISTING.columns).where(table.account == account, *key)).first()
    if row is None:
        return None
    sent = None if row.status == AttemptStatus.QUEUED else record_at(connection, row.place, Attempt)
    return item(row, row.chain_number, site_names or {}) | contents(sent)


def attempts_of_delivery(
    connection: Connection, account: str, delivery_id: str, *, site_names: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Every row of one delivery, in the order of its chains and steps."""
    query = select(*LISTING.columns).where(table.account == account, table.delivery_id == delivery_id)
    rows = connection.execute(query.order_by(table.chain, table.step)).all()
    return [item(row, row.chain_number, site_names or {}) for row in rows]


def recorded(attempt: Attempt) -> dict[str, Any]:
    """What `one` shows of this attempt of an original chain, before the view has it."""
    return item(attempt, 0, {}) | contents(attempt)


def item(row: Row[Any] | Attempt, chain: int, site_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": attempt_id(row.delivery_id, row.chain, row.step),
        "created_at": iso(row.created_at),
        "delivery_id": row.delivery_id,
        "event_id": row.event_id,
        "subscription_id": row.subscription_id,
        "chain": chain,
        "attempt": row.step,
        "action": row.action,
        "customer": row.customer,
        "site_id": row.site_id,
        "site_name": row.site_name or site_names.get(row.site_id),
        "site_revision": row.site_revision,
        "status": row.status,
        "response_code": row.response_code,
        "error": row.error,
        "duration_ms": milliseconds(row.duration_us),
        "next_attempt_at": due_or_none(row.next_attempt_at),
        "trigger": row.trigger,
        "resend_id": row.resend_id,
        "timing": timing(row),
        "remote_ip": row.remote_ip,
    }


def timing(row: Row[Any] | Attempt) -> dict[str, float | None]:
    return {
        "dns": milliseconds(row.dns_us),
        "connect": milliseconds(row.connect_us),
        "tls": milliseconds(row.tls_us),
        "first_byte": milliseconds(row.first_byte_us),
        "total": milliseconds(row.duration_us),
    }


def contents(sent: Attempt | None) -> dict[str, Any]:
    """`request` is None where nothing was sent, `response` where nothing was answered."""
    if sent is None:
        return {"error_detail": None, "request": None, "response": None}
    request = {
        "method": sent.request_method,
        "url": sent.request_url,
        "headers": headers_of(sent.request_headers),
        **body_of(sent.request_body),
    }
    response = {
        "status": sent.response_code,
        "headers": headers_of(sent.response_headers),
        **body_of(sent.response_body),
        "truncated": sent.response_truncated,
    }
    return {
        "error_detail": sent.error_detail or None,
        "request": request if sent.request_method else None,
        "response": None if sent.response_code is None else response,
    }
