"""Rows as lines of a table for spreadsheets: RFC 4180, with `,` or `|`; no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["lines"]

# What spreadsheets begin a formula with (OWASP, 'CSV Injection'); the last four are full-width.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def lines(rows: Iterable[Mapping[str, Any] | Sequence[str]], columns: Sequence[str], separator: str) -> bytes:
    """The rows as UTF-8 text; a row is a mapping with these columns, or the head itself."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(row[name]) for name in columns] if isinstance(row, Mapping) else row)
    return text.getvalue().encode("utf-8", "replace")


def cell(value: Any) -> Any:
    """Text that might be taken for a formula gets an apostrophe in front; numbers are numbers."""
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
