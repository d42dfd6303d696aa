"""How long the queue was, step by step: what waits now, less what has begun to wait since, and what has ended since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, case, func, literal_column, select

from projections.figure_tables import MINUTE, attempt_figures
from projections.queries.figures import MOST_GROUPS, Asked, Numbers, envelope, summed
from projections.queries.ranges import Range, within
from projections.queries.times import iso, iso_or_none
from projections.tables import IS_QUEUED, attempts

__all__ = ["queue_series"]

table = attempts.c


@dataclass(slots=True)
class Waiting:
    """What waits of one group: how many deliveries, and of resends how many since each bucket; `oldest` in ms."""

    deliveries: int = 0
    resends: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    oldest: int | None = None

    @property
    def count(self) -> int:
        return self.deliveries + sum(self.resends.values())


def queue_series(connection: Connection, asked: Asked, now: int) -> dict[str, Any]:
    """`count`: how many waited at the end of each step; `began` and `ended` within it.

    `queued` and `oldest_queued_at` are of just now, which is `now` (ms). A resend is in it as long as it waits, not
    afterwards.
    """
    span = asked.span
    flows, since = summed(connection, attempt_figures, asked, ("began", "ended")), since_then(connection, asked, now)
    waiting = waiting_now(connection, asked)
    groups = sorted({*flows, *since, *waiting}, key=str)[:MOST_GROUPS] if asked.group_by else [None]
    items = [
        item
        for each in groups
        for item in depths(span, each, flows.get(each, {}), since.get(each, 0), waiting.get(each, Waiting()))
    ]
    oldest = [each.oldest for each in waiting.values() if each.oldest is not None]
    return {
        **envelope(connection, asked, items),
        "queued": sum(each.count for each in waiting.values()),
        "oldest_queued_at": iso_or_none(min(oldest, default=None)),
    }


def since_then(connection: Connection, asked: Asked, now: int) -> dict[str | None, int]:
    """By how much each queue has grown since the range ended."""
    rollup = attempt_figures.c
    query = (
        select(rollup.site_id, func.sum(rollup.began - rollup.ended))
        .where(rollup.account == asked.account)
        .where(rollup.site_id.in_(asked.parts) if asked.parts is not None else rollup.site_id == "")
        .where(within(attempt_figures, asked.span.end, max(asked.span.end, -(-now // MINUTE) * MINUTE)))
        .group_by(rollup.site_id)
    )
    return {site if asked.group_by else None: int(grown) for site, grown in connection.execute(query)}


def waiting_now(connection: Connection, asked: Asked) -> dict[str | None, Waiting]:
    span = asked.span
    bucket = table.created_at - table.created_at % literal_column(str(span.step))
    since = case((table.chain == literal_column("'0'"), None), else_=bucket).label("since")
    query = (
        select(table.site_id, since, func.count(), func.min(table.created_at))
        .where(table.account == asked.account, IS_QUEUED)
        .group_by(table.site_id, since)
    )
    if asked.parts is not None:
        query = query.where(table.site_id.in_(asked.parts))
    found: dict[str | None, Waiting] = defaultdict(Waiting)
    for site, began, count, oldest in connection.execute(query):
        one = found[site if asked.group_by else None]
        one.oldest = oldest if one.oldest is None else min(oldest, one.oldest)
        if began is None:
            one.deliveries += count
        else:
            one.resends[max(began, span.start)] += count
    return found


def depths(
    span: Range, group: str | None, flows: Mapping[int, Numbers], since: int, waiting: Waiting
) -> Iterator[dict[str, Any]]:
    """From the end of the last bucket back to the first."""
    later = sum(count for at, count in waiting.resends.items() if at >= span.end)
    depth, found = waiting.count - later - since, []
    for at in reversed(span.buckets):
        began, ended = flows.get(at, (0, 0))
        found.append({"at": iso(at), "group": group, "count": max(depth, 0), "began": began, "ended": ended})
        depth -= began - ended + waiting.resends.get(at, 0)
    yield from reversed(found)
