"""Which row an id or a customer's name is: each look goes by an index, and gives a few at most."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, select

from projections.queries.events import is_event
from projections.queries.webhook_log import of_id
from projections.tables import attempts, customer_events, deliveries, incoming_requests, operations
from schemas.records import OperationKind

__all__ = ["customers_like", "known_ids"]

LAST = "\U0010ffff"


def known_ids(connection: Connection, account: str, text: str) -> list[tuple[str, str, str]]:
    """Kind, id and label of every row that has exactly this id."""
    found = [
        *rows(connection, "request", incoming_requests.c.id, account, text),
        *rows(connection, "event", customer_events.c.id, account, text),
        *rows(connection, "delivery", deliveries.c.delivery_id, account, text),
    ]
    if (is_row := of_id(text)) is not None:
        table = attempts.c
        query = select(table.action, table.customer, table.status).where(table.account == account, is_row)
        found += [("attempt", text, f"{row.action}, {row.customer}, {row.status}") for row in connection.execute(query)]
    job = operations.c
    query = select(job.state).where(
        job.account == account, job.id == text, job.kind == OperationKind.JOB.value, job.id.like("rsd_%")
    )
    found += [("resend", text, row.state) for row in connection.execute(query)]
    return found


def rows(connection: Connection, kind: str, column: Column[Any], account: str, text: str) -> list[tuple[str, str, str]]:
    table = column.table
    query = select(table.c.action, table.c.customer).where(table.c.account == account, column == text)
    if table is customer_events:
        query = query.where(is_event)
    return [
        (kind, text, ", ".join(word for word in (row.action, row.customer) if word) or kind)
        for row in connection.execute(query.limit(1))
    ]


def customers_like(connection: Connection, account: str, text: str, most: int) -> list[str]:
    """Customers of events or requests whose name begins so, the exact one first."""
    found = set[str]()
    for table in (customer_events, incoming_requests):
        column = table.c.customer
        last: str | None = ""
        while last is not None and len(found) < most:  # from name to name by the index, however many rows each has
            query = (
                select(column)
                .where(table.c.account == account, column >= text, column < text + LAST, column > last)
                .order_by(column)
                .limit(1)
            )
            last = connection.execute(query).scalar()
            found |= {last} if last is not None else set()
    return sorted((name for name in found if name.startswith(text)), key=lambda name: (name != text, name))[:most]
