"""What a row of a log adds to the figures. Pure; a row that goes away takes the same away again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from projections.folds.attempts import Rank
from projections.folds.places import LARGEST
from projections.folds.rows import AttemptRow, DeliveryRow, RequestRow, Row
from schemas.latencies import bucket_of
from schemas.records import AttemptStatus, Trigger

__all__ = ["SPANS", "Addition", "Additions", "additions", "counted", "said_by"]

SPANS = (60_000, 600_000, 3_600_000)  # ms: a minute, ten, an hour; each is whole ones of the one before

Additions = Counter["Addition"]


class Addition(NamedTuple):
    """One number more in one row: the table, its key, the column."""

    table: str
    key: tuple[str | int, ...]
    column: str


class Said(NamedTuple):
    """What one row of a log says; rows that say the same are added together before they are spread over tables."""

    table: str
    account: str
    part: str
    minute: int
    columns: tuple[str, ...]
    answer: tuple[str, str]  # code and error


def counted(row: Row) -> bool:
    """Whether a row counts: an attempt only once it has an outcome."""
    return isinstance(row, RequestRow | DeliveryRow) or (isinstance(row, AttemptRow) and row.rank >= Rank.RESENT)


def said_by(kind: type[Row], row: Any) -> Said:
    """What a row says; `row` has the fields of its kind, wherever it comes from."""
    if kind is AttemptRow:
        return attempt(row)
    if kind is DeliveryRow:
        return Said("attempt_figures", row.account, row.site_id, minute_of(row.created_at), ("began",), ("", ""))
    columns = (row.outcome, bucket_of(row.duration_us))
    return Said("incoming_figures", row.account, row.definition_id, minute_of(row.received_at), columns, ("", ""))


def attempt(row: Any) -> Said:
    columns: tuple[str, ...] = (row.status,)
    if row.duration_us and row.duration_us > 0:  # what ended unsent took no time
        columns += (bucket_of(row.duration_us),)
    if row.chain == "0" and row.status != AttemptStatus.RESENT.value and row.trigger != Trigger.TEST.value:
        columns += ("ended",)
    answer = ("" if row.response_code is None else str(row.response_code), row.error or "")
    return Said("attempt_figures", row.account, row.site_id, minute_of(row.created_at), columns, answer)


def minute_of(at: int) -> int:
    return max(at // SPANS[0] * SPANS[0], -LARGEST)


def additions(said: Iterable[tuple[Said, int]]) -> Additions:
    """The numbers to add for these, each so many times."""
    once: Counter[Said] = Counter()
    for each, times in said:
        once[each] += times
    found: Additions = Counter()
    for each, times in once.items():
        if times:
            for addition in spread(each):
                found[addition] += times
    return found


def spread(said: Said) -> Iterator[Addition]:
    for span in SPANS:
        at = max(said.minute // span * span, -LARGEST)
        for part in {said.part, ""}:
            for column in said.columns:
                yield Addition(said.table, (said.account, part, span, at), column)
        if said.table == "attempt_figures" and said.columns[0] != "began":
            yield Addition("answer_figures", (said.account, said.part, span, at, *said.answer), said.columns[0])
