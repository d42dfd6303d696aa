"""The tables of figures: counts by minute, ten minutes and hour, which charts are drawn from instead of from the logs.

Each count says how many rows of a log there are just now, so they are as pure a fold as the rows: a row that takes
another's place takes its count along. `span` is the length of a bucket in ms (`SPANS`), `at` its begin.
A blank `site_id` or `definition_id` is all of them together.

Rows lie in the order of their key: a chart reads one stretch of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Integer, String, Table

from projections.tables import metadata
from schemas.latencies import COLUMNS
from schemas.records import Outcome

__all__ = ["FIGURES", "HOUR", "MINUTE", "SPANS", "answer_figures", "attempt_figures", "incoming_figures"]

SPANS = MINUTE, TEN_MINUTES, HOUR = 60_000, 600_000, 3_600_000  # ms
STATUSES = ("done", "resent", "failed")


def figures(name: str, part: str, counts: tuple[str, ...], *more: str) -> Table:
    """`more` are parts of the key that come after the time, so that one range of time lies in one place."""
    account, one, *others = [Column(key, String, primary_key=True) for key in ("account", part, *more)]
    time = [Column(key, BigInteger, primary_key=True, autoincrement=False) for key in ("span", "at")]
    numbers = [Column(count, Integer, nullable=False) for count in counts]
    return Table(name, metadata, account, one, *time, *others, *numbers, sqlite_with_rowid=False)


# `began` counts deliveries at the time that they were made, `ended` those whose first chain came to its end:
# together they say how long the queue was. The durations are those of what was sent.
attempt_figures = figures("attempt_figures", "site_id", (*STATUSES, "began", "ended", *COLUMNS))
# `response_code` is text, blank where nothing was answered, so that it can be part of a key; so is `error`.
answer_figures = figures("answer_figures", "site_id", STATUSES, "response_code", "error")
incoming_figures = figures("incoming_figures", "definition_id", (*(outcome.value for outcome in Outcome), *COLUMNS))

# Each with the counts that are zero exactly where the row says nothing.
FIGURES: Mapping[Table, tuple[str, ...]] = {
    attempt_figures: (*STATUSES, "began"),
    answer_figures: STATUSES,
    incoming_figures: tuple(outcome.value for outcome in Outcome),
}
