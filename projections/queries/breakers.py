"""The breakers of an account's sites, as couriers last told of them."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, select

from projections.queries.times import iso_or_none
from projections.tables import attempts, operations
from schemas.records import AttemptStatus, OperationKind

__all__ = ["breakers_of"]

CLOSED = "closed"
ORDER = (CLOSED, "probing", "open")  # the worst is the last
table, log = operations.c, attempts.c


def breakers_of(connection: Connection, account: str) -> dict[str, dict[str, Any]]:
    """`breaker` and `next_probe_at` of each site that has one which is not closed: the worst of all couriers.

    A courier that was started anew has forgotten its breakers and says nothing of it: one that a success came after
    is as good as closed.
    """
    query = select(table.body, table.recorded_at).where(
        table.account == account, table.kind == OperationKind.BREAKER.value, table.state != CLOSED
    )
    found: dict[str, dict[str, Any]] = {}
    for text, at in connection.execute(query).all():
        body = orjson.loads(text)
        site, state = str(body.get("site_id", "")), str(body.get("state", CLOSED))
        if state in ORDER and not succeeded_since(connection, account, site, at):
            probe_at = body.get("probe_at")
            told = {"breaker": state, "next_probe_at": iso_or_none(probe_at if isinstance(probe_at, int) else None)}
            worse = site not in found or ORDER.index(state) > ORDER.index(found[site]["breaker"])
            found[site] = told if worse else found[site]
    return found


def succeeded_since(connection: Connection, account: str, site: str, at: int) -> bool:
    """Whether the latest attempt is a later success; while a breaker probes, its first success is not enough."""
    query = (
        select(log.status)
        .where(log.account == account, log.site_id == site, log.status != AttemptStatus.QUEUED.value)
        .where(log.created_at > at, log.duration_us > 0)
        .order_by(log.created_at.desc())
        .limit(2)
    )
    latest = list(connection.execute(query).scalars())
    return latest == [AttemptStatus.DONE.value] * 2
