"""Jobs as they were last seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, func, or_, select

from projections.queries.filters import one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.tables import operations
from schemas.records import OperationKind

__all__ = ["STATES", "one", "page"]

STATES = ("running", "paused", "done", "cancelled")
table = operations.c
is_job = table.kind == OperationKind.JOB.value

LISTING = Listing(
    kind=5,
    table=operations,
    columns=(table.id, table.author, table.body),
    order=(table.created_at, table.place),
    filters={"state": one_of(table.state, STATES)},
)


def page(
    connection: Connection, account: str, parameters: Mapping[str, str], prefixes: Collection[str]
) -> dict[str, Any]:
    """One page of an account's jobs, the newest first: id, author and body of each; those whose ids begin so.

    Raises:
        FieldInvalid: names the parameter.
    """
    of_type = or_(*(func.substr(table.id, 1, len(each) + 1) == f"{each}_" for each in prefixes))
    found = read_page(connection, LISTING, account, parameters, is_job, of_type)
    return envelope(connection, found, [item(row.id, row.author, row.body) for row in found.rows])


def one(connection: Connection, account: str, job_id: str) -> dict[str, Any] | None:
    """One job; None where this account has none of that id."""
    query = select(table.id, table.author, table.body).where(table.account == account, table.id == job_id, is_job)
    row = connection.execute(query).first()
    return None if row is None else item(row.id, row.author, row.body)


def item(job_id: str, author: str, body: str) -> dict[str, Any]:
    return {"id": job_id, "author": author, **orjson.loads(body)}
