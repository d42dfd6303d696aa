"""Which part of the figures a question is about: from when to when, and in steps of how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, or_

from projections.figure_tables import HOUR, MINUTE
from projections.queries.times import read_time
from schemas.durations import parse_duration
from schemas.errors import FieldInvalid

__all__ = ["Range", "read_range", "within"]

DAY = 24 * HOUR  # ms
MOST_BUCKETS = 3000  # 90 days by the hour are 2,160


@dataclass(frozen=True, slots=True)
class Range:
    """Milliseconds; `start` and `end` are bounds of buckets, each of them `step` long."""

    start: int
    end: int
    step: int

    @property
    def buckets(self) -> range:
        """The begin of each."""
        return range(self.start, self.end, self.step)


def read_range(parameters: Mapping[str, str], now: int) -> Range:
    """The range that `from`, `to` and `step` ask for: by default the last 24 hours. Buckets that touch it count whole.

    Raises:
        FieldInvalid: names the parameter.
    """
    end = read_time("to", parameters["to"]) if "to" in parameters else now + 1
    start = read_time("from", parameters["from"]) if "from" in parameters else end - DAY
    if start > end:
        raise FieldInvalid("to", "is before `from`")
    step = read_step(parameters["step"]) if "step" in parameters else usual_step(end - start)
    found = Range(start // step * step, -(-end // step) * step, step)
    if len(found.buckets) > MOST_BUCKETS:
        raise FieldInvalid("step", f"gives more than {MOST_BUCKETS:,} steps; take a longer one, or a shorter range")
    return found


def usual_step(length: int) -> int:
    if length <= 3 * HOUR:
        return MINUTE
    return 10 * MINUTE if length <= 2 * DAY else HOUR


def read_step(text: str) -> int:
    try:
        step = round(parse_duration(text) * 1000)
    except (ValueError, OverflowError):
        step = 0
    if not MINUTE <= step <= DAY or DAY % step or step % MINUTE:
        raise FieldInvalid("step", "must be whole minutes that a day can be divided by, such as 1m, 10m, 1h or 24h")
    return step


def within(table: Table, start: int, end: int) -> ColumnElement[bool]:
    """The buckets from `start` to `end`: whole hours as hours, what is left at both ends as minutes."""
    first, last = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    span, at = table.c.span, table.c.at
    if first >= last:
        return and_(span == MINUTE, at >= start, at < end)
    edges = or_(and_(at >= start, at < first), and_(at >= last, at < end))
    return or_(and_(span == HOUR, at >= first, at < last), and_(span == MINUTE, edges))
