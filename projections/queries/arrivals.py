"""What has come into a log since a moment: each row once, in the order of its partition, for those who follow it live.

A moment is how far each partition of the log's topic was followed; as text it is the id of an event of a stream. A row
has come when its record was folded; a row of the webhook log when its attempt has ended: what waits is the queue's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, union_all

from projections.places import MAX_PARTITION, Kind, offset_of, partition_of, place_of
from projections.queries import incoming_log, webhook_log
from projections.queries.lists import Listing, filtered
from projections.queries.offsets import folded
from projections.tables import IS_ENDED
from schemas.errors import FieldInvalid
from schemas.records import AttemptStatus

__all__ = [
    "ATTEMPTS",
    "REQUESTS",
    "Arrivals",
    "Log",
    "Moment",
    "Wanted",
    "now_of",
    "read_moment",
    "since",
    "write_moment",
]

Moment = tuple[int, ...]  # of each partition, the next offset
WINDOW = 20_000  # offsets of one partition that one look goes through, whatever the filters leave of them
MOST_WINDOWS = 200  # partitions of one look; a statement has at most 500 parts in SQLite
MOMENT = re.compile(r"[ar][0-9a-f]{1,12}(\.[0-9a-f]{1,12})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Log:
    """A log that can be followed; `letter` begins its moments."""

    letter: str
    kind: Kind
    listing: Listing
    conditions: Sequence[ColumnElement[bool]]


ATTEMPTS = Log("a", Kind.ATTEMPT, webhook_log.LISTING, (IS_ENDED,))
REQUESTS = Log("r", Kind.REQUEST, incoming_log.LISTING, ())


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Rows, each with the moment just after it, and the moment up to which all was looked at."""

    rows: list[tuple[Row[Any], Moment]]
    moment: Moment
    complete: bool  # there was nothing more just then


def write_moment(log: Log, moment: Moment) -> str:
    """A moment as text."""
    return log.letter + ".".join(f"{offset:x}" for offset in moment)


def read_moment(log: Log, parameter: str, text: str) -> Moment:
    """The moment that a text is.

    Raises:
        FieldInvalid: it is none of this log; names the parameter.
    """
    if not MOMENT.fullmatch(text) or text[0] != log.letter or text.count(".") > MAX_PARTITION:
        raise FieldInvalid(parameter, "is not an id that this stream gave")
    return tuple(int(word, 16) for word in text[1:].split("."))


def now_of(connection: Connection, topic: str) -> Moment:
    """Up to where a topic is folded; the topic with its prefix."""
    found = {number: offset for (name, number), offset in folded(connection).items() if name == topic}
    return tuple(found.get(number, 0) for number in range(max(found, default=-1) + 1))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader follows: a log, its topic with the prefix, and the filters of its list."""

    log: Log
    topic: str
    account: str
    parameters: Mapping[str, str]


def since(connection: Connection, wanted: Wanted, moment: Moment, *, limit: int) -> Arrivals:
    """What has come since a moment, at most `limit` rows; goes on from the answer's moment.

    Raises:
        FieldInvalid: names the parameter.
    """
    log = wanted.log
    if log is ATTEMPTS and wanted.parameters.get("status") == AttemptStatus.QUEUED:
        raise FieldInvalid("status", "what waits is in no stream; the queue lists it")
    where = [log.listing.table.c.account == wanted.account, *log.conditions]
    where += filtered(log.listing, wanted.parameters)
    now = now_of(connection, wanted.topic)
    begun = (*moment, *(0 for _ in now[len(moment) :]))
    windows = [
        (number, begun[number], min(end, begun[number] + WINDOW))
        for number, end in enumerate(now)
        if begun[number] < end
    ][:MOST_WINDOWS]
    rows, reached = look(connection, log, where, windows, limit)
    at = list(begun)
    for number, offset in reached.items():
        at[number] = offset
    complete = all(offset >= end for offset, end in zip(at, now, strict=False))
    return Arrivals(after_each(timed(rows), list(begun)), tuple(at), complete)


def look(
    connection: Connection,
    log: Log,
    where: Sequence[ColumnElement[bool]],
    windows: Sequence[tuple[int, int, int]],
    limit: int,
) -> tuple[Sequence[Row[Any]], dict[int, int]]:
    """Rows of some windows (partition, from, to), by partition and offset; and up to where each was looked through."""
    if not windows:
        return [], {}
    place = log.listing.table.c.place
    parts = [
        select(*log.listing.columns).where(
            *where, place >= place_of(log.kind, number, start), place < place_of(log.kind, number, stop)
        )
        for number, start, stop in windows
    ]
    # One part a partition: each is a range of the index, whatever a planner thinks of an OR.
    rows = connection.execute(union_all(*parts).order_by("place").limit(limit + 1)).all()
    reached = {number: stop for number, _, stop in windows}
    if len(rows) > limit:
        last = rows[limit].place
        reached = {number: stop for number, stop in reached.items() if number < partition_of(last)}
        reached[partition_of(last)] = offset_of(last)
    return rows[:limit], reached


def timed(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The rows in the order of time, those of one partition in its order: a clock may have been set back."""
    latest: dict[int, int] = {}
    found = []
    for row in rows:
        number = partition_of(row.place)
        latest[number] = max(latest.get(number, 0), row.recorded_at)
        found.append((latest[number], row))
    return [row for _, row in sorted(found, key=lambda each: (each[0], each[1].place))]


def after_each(rows: Sequence[Row[Any]], at: list[int]) -> list[tuple[Row[Any], Moment]]:
    """Each row with the moment after it, beginning at `at`."""
    found = []
    for row in rows:
        at[partition_of(row.place)] = offset_of(row.place) + 1
        found.append((row, tuple(at)))
    return found
