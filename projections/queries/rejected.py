"""Records that could not be used: why, where each lies in the log, its raw bytes, and what people did about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, String, cast, literal, select

from projections.queries.contents import body_of
from projections.queries.filters import Filter, equals, one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.times import iso
from projections.tables import operations, rejected
from schemas.errors import FieldInvalid
from schemas.records import RejectedReason

__all__ = ["LISTING", "RENEWED", "State", "one", "operation_id", "page", "record", "still_refused"]

table = rejected.c
PARTS = 3  # of an id: topic, partition, offset
LARGEST_NUMBER = 18  # digits


class State(StrEnum):
    """What people did about a rejected record."""

    OPEN = "open"
    RETRIED = "retried"
    DISMISSED = "dismissed"


RENEWED = "renewed"  # in the log: retried, as an event with another id; people see it as `retried`


def operation_id(topic: str, partition: int, offset: int) -> str:
    """The id of the operation that says what was done about the record at this place; the topic with its prefix."""
    return f"rejected/{topic}/{partition}/{offset}"


handled = (
    select(operations.c.state)
    .where(
        operations.c.id
        == literal("rejected/") + table.topic + "/" + cast(table.partition, String) + "/" + cast(table.offset, String)
    )
    .correlate(rejected)
    .scalar_subquery()
)
# A refused event is none, until it was retried as the same event (it bears an id of its own).
still_refused = handled.is_distinct_from(State.RETRIED.value)


def in_state(name: str, value: str) -> ColumnElement[bool]:
    if value not in list(State):
        raise FieldInvalid(name, f"must be one of {', '.join(State)}")
    if value == State.RETRIED:
        return handled.in_((State.RETRIED.value, RENEWED))
    return handled.is_(None) if value == State.OPEN else handled == value


FILTERS: dict[str, Filter] = {"reason": one_of(table.reason, RejectedReason), "state": in_state}
LISTING = Listing(
    kind=6,
    table=rejected,
    columns=(*rejected.columns, handled.label("handled")),
    order=(table.rejected_at, table.place),
    filters={**FILTERS, "topic": equals(table.topic)},
)


def page(connection: Connection, account: str | None, parameters: Mapping[str, str], *, prefix: str) -> dict[str, Any]:
    """One page of an account's rejected records, or of those that no account can be read of; newest first.

    `prefix` is that of the topics, which people do not write.

    Raises:
        FieldInvalid: names the parameter.
    """
    asked = {name: prefix + value if name == "topic" else value for name, value in parameters.items()}
    found = read_page(connection, LISTING, account, asked)
    return envelope(connection, found, [item(row, prefix) for row in found.rows])


def one(connection: Connection, account: str | None, row_id: str, *, prefix: str) -> dict[str, Any] | None:
    """One record with its bytes; None where there is none of that id among them."""
    row = record(connection, account, row_id, prefix=prefix)
    return None if row is None else item(row, prefix) | contents(row)


def record(connection: Connection, account: str | None, row_id: str, *, prefix: str) -> Row[Any] | None:
    """The row of one record."""
    parts = row_id.rsplit(".", 2)
    if len(parts) != PARTS or not all(p.isascii() and p.isdigit() and len(p) <= LARGEST_NUMBER for p in parts[1:]):
        return None
    place = (table.topic == prefix + parts[0], table.partition == int(parts[1]), table.offset == int(parts[2]))
    return connection.execute(select(*LISTING.columns).where(*place, table.account == account)).first()


def item(row: Row[Any], prefix: str) -> dict[str, Any]:
    topic = row.topic.removeprefix(prefix)
    state = State.RETRIED if row.handled == RENEWED else State(row.handled or State.OPEN)
    return {
        "id": f"{topic}.{row.partition}.{row.offset}",
        "created_at": iso(row.rejected_at),
        "topic": topic,
        "partition": row.partition,
        "offset": row.offset,
        "account": row.account,
        "reason": row.reason,
        "path": row.path,
        "detail": row.detail,
        "recorded_at": iso(row.timestamp),
        "size": len(row.value or b""),
        "state": state.value,
    }


def contents(row: Row[Any]) -> dict[str, Any]:
    """Key, headers and value; base64 where the bytes are no text."""
    value, key = (None if raw is None else body_of(raw) for raw in (row.value, row.key))
    return {
        "headers": orjson.loads(row.headers),
        "key": None if key is None else key["body"],
        "key_encoding": None if key is None else key["body_encoding"],
        "value": None if value is None else value["body"],
        "value_encoding": None if value is None else value["body_encoding"],
    }
