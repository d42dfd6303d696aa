"""The three tables of `hookline demo`: requests, events, messages."""

from __future__ import annotations

from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["show_events", "show_messages", "show_requests"]

Row = dict[str, Any]
COLOURS = {"accepted": "green", "done": "green", "resent": "yellow", "queued": "yellow"}


def show_requests(rows: list[Row]) -> None:
    """The incoming log."""
    table = new("Incoming log", "at", "request", "outcome", "status", "ms")
    for row in rows:
        after = plain(str(row["status_code"]), f"{row['duration_ms']:.1f}")
        table.add_row(*plain(clock(row), row["request_line"]), coloured(row["outcome"]), *after)
    show(table)


def show_events(rows: list[Row]) -> None:
    """The customer events."""
    table = new("Customer events", "at", "customer", "action", "data")
    for row in rows:
        data = orjson.dumps(row["data"]).decode()
        table.add_row(*plain(row["timestamp"][11:19], row["customer"], row["action"], data))
    show(table)


def show_messages(rows: list[Row]) -> None:
    """The webhook log."""
    table = new("Webhook log", "at", "action", "customer", "site", "#", "status", "code", "ms")
    for row in rows:
        before = plain(clock(row), row["action"], row["customer"], row["site_name"], str(row["attempt"]))
        result = str(row["response_code"] or row["error"] or "-")
        table.add_row(*before, coloured(row["status"]), *plain(result, f"{row['duration_ms'] or 0:.1f}"))
    show(table)


def new(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def show(table: Table) -> None:
    console = Console()
    console.print()
    console.print(table)


def clock(row: Row) -> str:
    return str(row["created_at"])[11:19]


def coloured(word: str) -> Text:
    return Text(word, COLOURS.get(word, "red"))


def plain(*words: str) -> list[Text]:
    """Cells that mean nothing to Rich: a customer may be called `[red]`."""
    return [Text(word) for word in words]
