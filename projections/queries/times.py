"""Times as the API writes and reads them: ISO 8601, UTC, milliseconds (RFC 3339)."""

from __future__ import annotations

from schemas.errors import FieldInvalid
from schemas.times import iso, iso_milliseconds

__all__ = ["iso", "iso_or_none", "milliseconds", "read_time"]


def iso_or_none(at: int | None) -> str | None:
    """As `iso`, and None for none."""
    return None if at is None else iso(at)


def due_or_none(at: int | None) -> str | None:
    """As `iso`; None for a message that may go at once, whose time in the log is 0."""
    return iso_or_none(at or None)


def milliseconds(duration_us: int | None) -> float | None:
    """Microseconds as milliseconds with a fraction."""
    return None if duration_us is None else duration_us / 1000


def read_time(parameter: str, text: str) -> int:
    """ISO 8601 as milliseconds; a time without a zone is UTC.

    Raises:
        FieldInvalid: it is not a time; names the parameter.
    """
    at = iso_milliseconds(text)
    if at is None:
        raise FieldInvalid(parameter, "must be a time such as 2026-11-24T09:00:00Z")
    return at
