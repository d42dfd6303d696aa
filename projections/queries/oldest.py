"""Since when what has waited longest has waited: one look into an index a site, however much waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select

from projections.tables import IS_QUEUED, attempts

__all__ = ["oldest_of"]

table = attempts.c
FIRST = select(func.min(table.created_at)).where(
    table.account == bindparam("account"), table.site_id == bindparam("site"), IS_QUEUED
)


def oldest_of(connection: Connection, sites: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """When it began to wait (ms), by account; `sites` are ids by account. None where nothing waits."""
    found = {}
    for account, ids in sites.items():
        asked = (connection.execute(FIRST, {"account": account, "site": site}).scalar() for site in ids)
        since = [at for at in asked if at is not None]
        if since:
            found[account] = min(since)
    return found
