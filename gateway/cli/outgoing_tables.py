"""Outgoing webhooks as tables on a terminal: the log, the queue, resends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.printable import printable

__all__ = [
    "attempt_line",
    "attempts_table",
    "coloured",
    "groups_table",
    "jobs_table",
    "new",
    "plain",
    "queue_table",
    "show",
]

Row = dict[str, Any]
COLOURS = {
    "done": "green",
    "resent": "yellow",
    "queued": "blue",
    "failed": "red",
    "running": "blue",
    "paused": "yellow",
    "active": "green",
    "open": "red",
    "probing": "yellow",
}
WIDE = 160  # columns where it is no terminal


def attempts_table(rows: Iterable[Row]) -> Table:
    """The webhook log."""
    table = new("at", "status", "code", "action", "customer", "site", "try", "ms", "id")
    for row in rows:
        table.add_row(*attempt_cells(row))
    return table


def attempt_line(row: Row) -> Text:
    """One row of the log as a line of its own, for following."""
    return Text("  ").join(attempt_cells(row))


def attempt_cells(row: Row) -> list[Text]:
    chain = f"{row['chain']}/" if row["chain"] else ""
    took = "-" if row["duration_ms"] is None else f"{row['duration_ms']:,.1f}"
    return [
        *plain(row["created_at"]),
        coloured(row["status"]),
        *plain(
            result_of(row), row["action"], row["customer"], site_of(row), f"{chain}{row['attempt']}", took, row["id"]
        ),
    ]


def queue_table(rows: Iterable[Row]) -> Table:
    """What waits."""
    table = new("delivery", "reason", "customer", "action", "site", "retries", "queued at", "next try")
    for row in rows:
        reason = row["reason"] + (f" ({row['blocked_by']})" if row["blocked_by"] else "")
        cells = (row["delivery_id"], reason, row["customer"], row["action"], site_of(row), str(row["retries"]))
        table.add_row(*plain(*cells, row["queued_at"], row["next_attempt_at"] or "-"))
    return table


def groups_table(groups: Iterable[Row]) -> Table:
    """What waits, in groups."""
    table = new("reason", "site", "count", "oldest", "next try")
    for each in groups:
        reason = (each["reason"] or "-") + (f" ({each['blocked_by']})" if each["blocked_by"] else "")
        count, following = f"{each['count']:,}", each["next_attempt_at"] or "-"
        table.add_row(*plain(reason, site_of(each), count, each["oldest_queued_at"], following))
    return table


def jobs_table(jobs: Iterable[Row]) -> Table:
    """Resends of many."""
    table = new("id", "state", "count", "sent", "failed", "rate", "started", "by")
    for job in jobs:
        numbers = (f"{job[name]:,}" for name in ("count", "sent", "failed", "rate"))
        table.add_row(*plain(job["id"]), coloured(job["state"]), *plain(*numbers, job["created_at"], job["author"]))
    return table


def show(table: Table) -> None:
    """Print it; wide where nobody's window limits it."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(table)


def new(*columns: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def result_of(row: Row) -> str:
    return str(row["response_code"] or row["error"] or "-")


def site_of(row: Row) -> str:
    return str(row["site_name"] or row["site_id"])


def coloured(word: str) -> Text:
    return Text(word, COLOURS.get(word, ""))


def plain(*words: str) -> list[Text]:
    """Cells that mean nothing to Rich, and to the terminal: a customer may be called `[red]`."""
    return [Text(printable(word)) for word in words]
