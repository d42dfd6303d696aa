"""How long the queue was, step by step: what waits now, less what has begun to wait since, and what has ended since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, case, func, literal_column, select

from projections.figure_tables import attempt_figures
from projections.queries.figures import MOST_GROUPS, Asked, Numbers, envelope, summed
from projections.queries.ranges import Range
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
    until = replace(asked, span=Range(span.start, max(span.end, -(-now // span.step) * span.step), span.step))
    flows = summed(connection, attempt_figures, until, ("began", "ended"))
    waiting = waiting_now(connection, until)
    groups = sorted({*flows, *waiting}, key=str)[:MOST_GROUPS] if asked.group_by else [None]
    items = [
        item
        for each in groups
        for item in depths(until.span, each, flows.get(each, {}), waiting.get(each, Waiting()))
        if item["at"] < iso(span.end)
    ]
    oldest = [each.oldest for each in waiting.values() if each.oldest is not None]
    return {
        **envelope(connection, asked, items),
        "queued": sum(each.count for each in waiting.values()),
        "oldest_queued_at": iso_or_none(min(oldest, default=None)),
    }


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


def depths(span: Range, group: str | None, flows: Mapping[int, Numbers], waiting: Waiting) -> Iterator[dict[str, Any]]:
    """From the last bucket, whose depth is known, back to the first."""
    depth, found = waiting.count, []
    for at in reversed(span.buckets):
        began, ended = flows.get(at, (0, 0))
        found.append({"at": iso(at), "group": group, "count": max(depth, 0), "began": began, "ended": ended})
        depth -= began - ended + waiting.resends.get(at, 0)
    yield from reversed(found)
