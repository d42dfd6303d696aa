"""When a site was last sent something: what a secret of it was last used for, as the log has it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from projections.queries.times import iso
from projections.tables import attempts

__all__ = ["last_attempt"]


def last_attempt(connection: Connection, account: str, site_id: str, since: int, until: int | None) -> str | None:
    """The time of the last request to a site within these milliseconds; None where there was none."""
    table = attempts.c
    found = (
        select(table.created_at)
        .where(table.account == account, table.site_id == site_id, table.created_at >= since, table.duration_us > 0)
        .order_by(table.created_at.desc())
        .limit(1)
    )
    if until is not None:
        found = found.where(table.created_at < until)
    at = connection.execute(found).scalar()
    return None if at is None else iso(at)
