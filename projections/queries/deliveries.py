"""One delivery: what an event became at one site, with its attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from projections.queries.times import iso
from projections.queries.webhook_log import attempts_of_delivery
from projections.tables import deliveries

__all__ = ["one"]

table = deliveries.c


def one(
    connection: Connection, account: str, delivery_id: str, *, site_names: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """One delivery with its attempts; None where this account has none of that id."""
    row = connection.execute(
        select(*deliveries.columns).where(table.account == account, table.delivery_id == delivery_id)
    ).first()
    return None if row is None else item(connection, row, site_names or {})


def item(connection: Connection, row: Row[Any], site_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.delivery_id,
        "created_at": iso(row.created_at),
        "event_id": row.event_id,
        "subscription_id": row.subscription_id,
        "site_id": row.site_id,
        "site_name": site_names.get(row.site_id),
        "action": row.action,
        "customer": row.customer,
        "content_type": row.content_type,
        "attempts": attempts_of_delivery(connection, row.account, row.delivery_id, site_names=site_names),
    }
