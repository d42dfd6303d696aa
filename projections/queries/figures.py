"""Series for charts: how many attempts or requests there were, step by step, and how long they took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select

from projections.figure_tables import HOUR, MINUTE, SPANS, answer_figures, attempt_figures, incoming_figures
from projections.queries.offsets import as_of
from projections.queries.ranges import Range
from projections.queries.times import iso
from schemas.latencies import COLUMNS, percentiles
from schemas.records import Outcome

__all__ = ["MOST_GROUPS", "Asked", "attempts", "envelope", "incoming", "summed"]

STATUSES = ("done", "resent", "failed")
OUTCOMES = tuple(outcome.value for outcome in Outcome)
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
MOST_GROUPS = 50

Numbers = Sequence[int]
Series = Mapping[str | None, Mapping[int, Numbers]]  # group -> begin of a bucket -> its numbers


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, and which. `parts`: ids of sites or definitions; None is all of the account as one."""

    account: str
    span: Range
    parts: Sequence[str] | None = None
    group_by: str | None = None


def attempts(connection: Connection, asked: Asked) -> dict[str, Any]:
    """Attempts by status, with the percentiles of how long they took (ms; none where they are grouped by answer)."""
    if asked.group_by in ("response_code", "error"):
        found = summed(connection, answer_figures, asked, STATUSES)
        return series_of(connection, asked, answered(found), STATUSES)
    return series_of(connection, asked, summed(connection, attempt_figures, asked, (*STATUSES, *COLUMNS)), STATUSES)


def answered(found: Series) -> Series:
    """Where nothing was answered, or nothing went wrong, the word is `none`, as in the filters of the log."""
    return {group or "none": buckets for group, buckets in found.items()}


def incoming(connection: Connection, asked: Asked) -> dict[str, Any]:
    """Requests by outcome, with the percentiles of how long their answers took (ms)."""
    return series_of(connection, asked, summed(connection, incoming_figures, asked, (*OUTCOMES, *COLUMNS)), OUTCOMES)


def summed(connection: Connection, table: Table, asked: Asked, columns: Sequence[str]) -> Series:
    """The sums of these columns, by group and bucket."""
    span, parts = asked.span, asked.parts
    size = max(each for each in SPANS if span.step % each == 0)
    part, at = list(table.columns)[1], table.c.at
    group: ColumnElement[Any] = table.c[asked.group_by] if asked.group_by else literal_column("''")
    where = (
        table.c.account == asked.account,
        part.in_(parts) if parts is not None else part == "",
        table.c.span == size,
        at >= span.start,
        at < span.end,
    )
    numbers_of = [table.c[column] for column in columns]
    if size == span.step and table is not answer_figures and (parts is None or group is part):
        query = select(group, at, *numbers_of).where(*where)  # each row is a bucket already
    else:
        # In the statement, not a parameter of it: PostgreSQL must see that what is chosen is what is grouped by. It
        # groups by no constant.
        bucket, named = (at - at % literal_column(str(span.step))).label("bucket"), group.label("named")
        grouped = (named, bucket) if asked.group_by else (bucket,)
        query = select(named, bucket, *map(func.sum, numbers_of)).where(*where).group_by(*grouped)
    found: dict[str | None, dict[int, Numbers]] = {}
    for name, begin, *numbers in connection.execute(query):
        found.setdefault(name if asked.group_by else None, {})[begin] = [int(number) for number in numbers]
    return found


def series_of(connection: Connection, asked: Asked, found: Series, counts: Sequence[str]) -> dict[str, Any]:
    """The answer: every bucket of every group; of more than fifty groups, those that count most."""
    size = len(counts)
    groups = sorted(found, key=lambda group: -sum(sum(numbers[:size]) for numbers in found[group].values()))
    chosen: Iterable[str | None] = groups[:MOST_GROUPS] if asked.group_by else [None]
    items = [item for group in chosen for item in bucket_items(asked.span, group, found.get(group, {}), counts)]
    return envelope(connection, asked, items)


def envelope(connection: Connection, asked: Asked, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Items with what they were counted over."""
    span = asked.span
    return {
        "step": step_text(span.step),
        "from": iso(span.start),
        "to": iso(span.end),
        "group_by": asked.group_by,
        "items": items,
        "as_of": as_of(connection),
    }


def step_text(step: int) -> str:
    return f"{step // HOUR}h" if step % HOUR == 0 else f"{step // MINUTE}m"


def bucket_items(
    span: Range, group: str | None, buckets: Mapping[int, Numbers], counts: Sequence[str]
) -> Iterator[dict[str, Any]]:
    size, nothing = len(counts), [0] * len(counts)
    for at in span.buckets:
        numbers = buckets.get(at, nothing)
        yield {
            "at": iso(at),
            "group": group,
            "count": sum(numbers[:size]),
            **dict(zip(counts, numbers, strict=False)),
            **dict(zip(SHARES, percentiles(numbers[size:], tuple(SHARES.values())), strict=True)),
        }
