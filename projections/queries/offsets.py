"""How far the log is folded: what a reader who has just written waits for, and what a list says of its age."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from projections.queries.times import iso
from projections.tables import offsets

__all__ = ["as_of", "folded", "reached", "stamp"]

# Of the records folded last: the earliest where more is to come, and the latest of all.
TIMES = select(
    func.min(offsets.c.recorded_at).filter(offsets.c.next_offset < offsets.c.end_offset),
    func.max(offsets.c.recorded_at),
)


def folded(connection: Connection) -> dict[tuple[str, int], int]:
    """The next offset to be folded, by topic and partition; the topic with its prefix."""
    rows = connection.execute(select(offsets.c.topic, offsets.c.partition, offsets.c.next_offset))
    return {(row.topic, row.partition): row.next_offset for row in rows}


def reached(connection: Connection, topic: str, partition: int, offset: int) -> bool:
    """Whether this record is in the view."""
    place = (offsets.c.topic == topic, offsets.c.partition == partition)
    at = connection.execute(select(offsets.c.next_offset).where(*place)).scalar()
    return at is not None and at > offset


def stamp(connection: Connection) -> tuple[int, int]:
    """What is another after each write of the fold."""
    row = connection.execute(select(func.sum(offsets.c.next_offset), func.max(offsets.c.recorded_at))).one()
    return int(row[0] or 0), int(row[1] or 0)


def as_of(connection: Connection) -> str | None:
    """Up to when the view has everything: where a partition is known to lag, its last record's time.

    None before the first record.
    """
    lagging, newest = connection.execute(TIMES).one()
    at = lagging or newest
    return iso(at) if at else None
