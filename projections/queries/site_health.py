"""How sites do: how much of what was sent in the last hour succeeded, how fast, and what waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from projections.figure_tables import MINUTE, attempt_figures
from projections.queries.ranges import within
from projections.queries.times import iso
from projections.tables import IS_QUEUED, attempts
from schemas.latencies import COLUMNS, percentile
from schemas.records import AttemptStatus

__all__ = ["MOST_FAILURES", "health_of"]

MOST_FAILURES = 100  # that are counted in a row
AN_HOUR = 60 * MINUTE  # ms
STATUSES = ("done", "resent", "failed")
table, rollup = attempts.c, attempt_figures.c


def health_of(connection: Connection, account: str, sites: Sequence[str], now: int) -> dict[str, dict[str, Any]]:
    """Figures of each of these sites, by its id; `now` in ms, and the hour ends with its minute."""
    end = -(-(now + 1) // MINUTE) * MINUTE
    hour, queued = last_hour(connection, account, sites, end), waiting(connection, account, sites)
    return {
        site: {
            **hour.get(site, {"success_rate_1h": None, "p95_ms": None}),
            "consecutive_failures": failures_in_a_row(connection, account, site),
            **queued.get(site, {"queued": 0, "oldest_queued_at": None}),
        }
        for site in sites
    }


def last_hour(
    connection: Connection, account: str, sites: Sequence[str], end: int
) -> Mapping[str, dict[str, float | None]]:
    columns = [func.sum(rollup[name]) for name in (*STATUSES, *COLUMNS)]
    query = (
        select(rollup.site_id, *columns)
        .where(rollup.account == account, rollup.site_id.in_(sites), within(attempt_figures, end - AN_HOUR, end))
        .group_by(rollup.site_id)
    )
    return {site: rates([int(number) for number in numbers]) for site, *numbers in connection.execute(query)}


def rates(numbers: Sequence[int]) -> dict[str, float | None]:
    done, total = numbers[0], sum(numbers[: len(STATUSES)])
    return {
        "success_rate_1h": round(done / total, 4) if total else None,
        "p95_ms": percentile(numbers[len(STATUSES) :], 0.95),
    }


def waiting(connection: Connection, account: str, sites: Iterable[str]) -> Mapping[str, dict[str, Any]]:
    query = (
        select(table.site_id, func.count(), func.min(table.created_at))
        .where(table.account == account, table.site_id.in_(list(sites)), IS_QUEUED)
        .group_by(table.site_id)
    )
    return {
        site: {"queued": count, "oldest_queued_at": iso(oldest)} for site, count, oldest in connection.execute(query)
    }


def failures_in_a_row(connection: Connection, account: str, site: str) -> int:
    """How many of the latest attempts failed, up to the first that did not; at most `MOST_FAILURES`."""
    sent = table.status != AttemptStatus.QUEUED.value
    query = (
        select(table.status)
        .where(table.account == account, table.site_id == site, sent, table.duration_us > 0)
        .order_by(table.created_at.desc())
        .limit(MOST_FAILURES)
    )
    latest = list(connection.execute(query).scalars())
    return latest.index(AttemptStatus.DONE.value) if AttemptStatus.DONE.value in latest else len(latest)
