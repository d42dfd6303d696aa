"""Decides which rows a record becomes: one pure function a topic, and a row for what none of them can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from projections.folds.attempts import fold_attempt
from projections.folds.commands import fold_command
from projections.folds.deliveries import fold_dead_letter, fold_delivery, fold_parked
from projections.folds.events import fold_event
from projections.folds.operations import fold_operation
from projections.folds.places import Kind, Message
from projections.folds.rejections import FOUND, fold_rejected, rejection_of
from projections.folds.requests import fold_request
from projections.folds.rows import SHAPES, RejectedRow, Row
from schemas.errors import RecordUnreadable
from schemas.records import RejectedReason
from schemas.topics import Topics

__all__ = ["Batch", "Fold"]


LARGE = 2000  # bytes; what a smaller record says fits into an index of PostgreSQL, which takes 2,704 bytes
LONGEST_INDEXED = 512  # characters
INDEXED = frozenset(  # the columns of text that have an index
    {
        "account",
        "action",
        "chain",
        "customer",
        "deduplication",
        "definition_id",
        "delivery_id",
        "endpoint",
        "error",
        "event_id",
        "id",
        "kind",
        "outcome",
        "reprocessed_request_id",
        "resend_id",
        "site_id",
        "status",
        "subscription_id",
        "topic",
        "trigger",
    }
)


class Fold:
    """The topics that are folded, each with its function; `cluster` is the Kafka cluster's id.

    Records from before `since` (ms) give no rows: they are kept no longer.
    """

    def __init__(self, topics: Topics, cluster: str, since: int = 0) -> None:
        self.since = since
        self._folds: dict[str, tuple[Kind, Callable[[Message], tuple[Row, ...]]]] = {
            topics.incoming_requests: (Kind.REQUEST, fold_request),
            topics.customer_events: (Kind.EVENT, partial(fold_event, cluster=cluster)),
            topics.deliveries: (Kind.DELIVERY, fold_delivery),
            topics.commands: (Kind.COMMAND, fold_command),
            topics.parked: (Kind.PARKED, fold_parked),
            topics.attempts: (Kind.ATTEMPT, fold_attempt),
            topics.dead_letters: (Kind.DEAD_LETTER, fold_dead_letter),
            topics.operations: (Kind.OPERATION, fold_operation),
            topics.rejected: (Kind.REJECTED, partial(fold_rejected, events=topics.customer_events)),
        }

    @property
    def topics(self) -> list[str]:
        """What a projector subscribes to."""
        return list(self._folds)

    def rows(self, message: Message) -> tuple[Row, ...]:
        """The rows of one record; what cannot be read is a row of the rejected ones, raw."""
        if message.timestamp < self.since:
            return ()
        kind, fold = self._folds[message.topic]
        try:
            rows = fold(message)
            if message.value is not None and len(message.value) > LARGE:
                check_index_sizes(rows)
        except RecordUnreadable as error:
            return (rejection_of(message, kind, RejectedReason.UNREADABLE, str(error)),)
        return rows


def check_index_sizes(rows: Iterable[Row]) -> None:
    """See that every text that is looked up fits into an index; those of our own doors do.

    Raises:
        RecordUnreadable: one does not; names its field.
    """
    for row in rows:
        for name in INDEXED.intersection(row._fields):
            text = getattr(row, name)
            if isinstance(text, str) and len(text) > LONGEST_INDEXED:
                raise RecordUnreadable(f"{name} has more than {LONGEST_INDEXED} characters")


class Batch:
    """Rows of many records, merged by their keys as the store merges them: one row a key."""

    def __init__(self) -> None:
        self.tables: dict[type[Row], dict[tuple[object, ...], Row]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Merge rows in."""
        for row in rows:
            kind = type(row)
            shape = SHAPES[kind]
            known = self.tables.setdefault(kind, {})
            key = row[: shape.key]
            other = known.get(key)
            if other is None or stays(row, other, shape.key, latest=shape.latest):
                known[key] = row

    @property
    def unusable(self) -> int:
        """How many records the projector itself could not use."""
        return sum(
            row.rank == FOUND for row in self.tables.get(RejectedRow, {}).values() if isinstance(row, RejectedRow)
        )


def stays(row: Row, other: Row, key: int, *, latest: bool) -> bool:
    """Whether `row` takes the place of `other`, by (`rank`, `recorded_at`, `place`)."""
    order, other_order = row[key : key + 3], other[key : key + 3]
    return order > other_order if latest else order < other_order
