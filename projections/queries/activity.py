"""What people asked for besides configuration: resends, cancels, jobs, what was done about rejected records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from projections.queries.filters import equals, one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.times import iso
from projections.tables import operations
from schemas.records import OperationKind

__all__ = ["KINDS", "LISTING", "page"]

COMMAND = "command"  # the kind of what was asked of one delivery
KINDS = (COMMAND, OperationKind.JOB.value, OperationKind.DISMISSAL.value)
table = operations.c
of_people = table.kind.in_(KINDS)

LISTING = Listing(
    kind=8,
    table=operations,
    columns=(table.id, table.created_at, table.kind, table.author, table.state, table.body),
    order=(table.created_at, table.place),
    filters={"kind": one_of(table.kind, KINDS), "author": equals(table.author)},
)


def page(connection: Connection, account: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """One page of an account's activity, the newest first.

    Raises:
        FieldInvalid: names the parameter.
    """
    found = read_page(connection, LISTING, account, parameters, of_people)
    return envelope(connection, found, [item(row) for row in found.rows])


def item(row: Row[Any]) -> dict[str, Any]:
    body = orjson.loads(row.body)
    return {
        "id": row.id,
        "at": iso(row.created_at),
        "author": row.author,
        "kind": row.kind,
        "what": what(row, body),
        "state": row.state if row.kind == OperationKind.JOB.value else None,
        "delivery_id": body.get("delivery_id"),
    }


def what(row: Row[Any], body: Mapping[str, Any]) -> str:
    """The verb: of a job its type, else the state that it was brought to."""
    return str(body.get("type") or row.kind) if row.kind == OperationKind.JOB.value else str(row.state)
