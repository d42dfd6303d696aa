"""The queue: what is waiting to be sent, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from projections.queries.filters import equals, one_of
from projections.queries.lists import Listing, envelope, read_page
from projections.queries.offsets import as_of
from projections.queries.times import due_or_none, iso
from projections.tables import IS_QUEUED, attempts, deliveries
from schemas.records import QueueReason

__all__ = ["page", "summary"]

table = attempts.c
BEHIND = "behind:"  # and the delivery that goes first
REASONS = (QueueReason.QUEUED, QueueReason.RETRYING, QueueReason.PARKED)

LISTING = Listing(
    kind=2,
    table=attempts,
    columns=(
        table.delivery_id,
        table.step,
        table.created_at,
        table.action,
        table.customer,
        table.site_id,
        table.site_name,
        table.next_attempt_at,
        table.reason,
        table.blocked_by,
    ),
    order=(table.created_at, table.place, table.step),
    filters={
        "reason": one_of(table.reason, REASONS),
        "action": equals(table.action),
        "customer": equals(table.customer),
        "site_id": equals(table.site_id),
        "delivery_id": equals(table.delivery_id),
    },
)


def page(
    connection: Connection,
    account: str,
    parameters: Mapping[str, str],
    *,
    site_names: Mapping[str, str] | None = None,
    orderings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One page of an account's queue, what began to wait last first; `orderings` of the strict sites, by their ids.

    Raises:
        FieldInvalid: names the parameter.
    """
    found = read_page(connection, LISTING, account, parameters, IS_QUEUED)
    items = [item(row, site_names or {}) for row in found.rows]
    for ordering in ("site", "customer"):
        sites = {site for site, each in (orderings or {}).items() if each == ordering}
        say_what_goes_first(connection, account, [each for each in items if each["site_id"] in sites], ordering)
    return envelope(connection, found, items)


def say_what_goes_first(connection: Connection, account: str, items: Sequence[dict[str, Any]], ordering: str) -> None:
    """Fill in what a message of a strict site waits for where nothing else holds it: the oldest of its succession."""
    waiting = [each for each in items if each["blocked_by"] is None]
    if not waiting:
        return
    of_customer = (table.customer,) if ordering == "customer" else ()
    succession = (table.site_id, *of_customer)
    place = func.row_number().over(partition_by=succession, order_by=deliveries.c.place).label("place")
    query = (
        select(table.site_id, table.customer, table.delivery_id, place)
        .join(deliveries, deliveries.c.delivery_id == table.delivery_id)
        .where(table.account == account, IS_QUEUED, table.reason != QueueReason.PARKED)
        .where(table.site_id.in_({each["site_id"] for each in waiting}))
        .where(*(column.in_({each["customer"] for each in waiting}) for column in of_customer))
        .subquery()
    )
    names = ("site_id", "customer") if of_customer else ("site_id",)
    first = {
        tuple(getattr(row, name) for name in names): row.delivery_id
        for row in connection.execute(select(query).where(query.c.place == 1))
    }
    for each in waiting:
        goes_first = first.get(tuple(each[name] for name in names), each["delivery_id"])
        if goes_first != each["delivery_id"]:
            each["blocked_by"] = BEHIND + goes_first


def summary(connection: Connection, account: str, *, site_names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """How much waits and since when, by reason and site; the oldest first."""
    names = site_names or {}
    query = (
        select(
            table.reason,
            table.blocked_by,
            table.site_id,
            func.max(table.site_name).label("site_name"),
            func.count().label("count"),
            func.min(table.created_at).label("oldest"),
            func.min(table.next_attempt_at).label("next"),
        )
        .where(table.account == account, IS_QUEUED)
        .group_by(table.reason, table.blocked_by, table.site_id)
        .order_by(func.min(table.created_at))
    )
    groups = [
        {
            "reason": row.reason,
            "blocked_by": row.blocked_by,
            "site_id": row.site_id,
            "site_name": row.site_name or names.get(row.site_id),
            "count": row.count,
            "oldest_queued_at": iso(row.oldest),
            "next_attempt_at": due_or_none(row.next),
        }
        for row in connection.execute(query)
    ]
    return {"items": groups, "count": sum(group["count"] for group in groups), "as_of": as_of(connection)}


def item(row: Row[Any], site_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "delivery_id": row.delivery_id,
        "customer": row.customer,
        "action": row.action,
        "site_id": row.site_id,
        "site_name": row.site_name or site_names.get(row.site_id),
        "retries": row.step - 1,
        "next_attempt_at": due_or_none(row.next_attempt_at),
        "reason": row.reason,
        "queued_at": iso(row.created_at),
        "blocked_by": row.blocked_by,
    }
