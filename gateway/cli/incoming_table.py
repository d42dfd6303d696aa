"""The incoming log as a table on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["show", "show_one"]

COLOURS = {"accepted": "green", "duplicate": "green", "filtered": "yellow"}
WIDE = 160  # columns where it is no terminal


def show(rows: Iterable[dict[str, Any]]) -> None:
    """A row a request, and why it became no event."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("at", "outcome", "status", "endpoint", "customer", "ms", "id", "why"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*cells(row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(table)


def show_one(row: dict[str, Any]) -> None:
    """One row as a line of its own, for following."""
    Console(soft_wrap=True).print(Text("  ").join(cells(row)))


def cells(row: dict[str, Any]) -> list[Text]:
    before = (row["created_at"], str(row["status_code"]), row["endpoint"], row["customer"] or "-")
    at, *middle = map(Text, before)
    after = map(Text, (f"{row['duration_ms']:,.1f}", row["id"], why(row)))
    return [at, Text(row["outcome"], COLOURS.get(row["outcome"], "red")), *middle, *after]


def why(row: dict[str, Any]) -> str:
    """The reason in one line."""
    error = row["error"] or {}
    return ": ".join(word for word in (error.get("path"), error.get("detail")) if word)
