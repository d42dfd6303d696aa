"""How many messages failed for good in a while, by account and site; out of the figures of each minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from projections.figure_tables import MINUTE, attempt_figures
from projections.queries.ranges import within

__all__ = ["failed_lately"]

rollup = attempt_figures.c


def failed_lately(
    connection: Connection, sites: Mapping[str, Sequence[str]], since: int, until: int
) -> dict[tuple[str, str], int]:
    """By (account, site id), where there were any; `sites` are ids by account, times in ms, minutes count whole."""
    start, end = since // MINUTE * MINUTE, -(-until // MINUTE) * MINUTE
    found: dict[tuple[str, str], int] = {}
    for account, ids in sites.items():
        query = (
            select(rollup.site_id, func.sum(rollup.failed))
            .where(rollup.account == account, rollup.site_id.in_(ids), within(attempt_figures, start, end))
            .where(rollup.failed > 0)
            .group_by(rollup.site_id)
        )
        found |= {(account, site): int(failed) for site, failed in connection.execute(query)}
    return found
