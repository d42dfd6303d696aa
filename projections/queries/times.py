"""Times as the API writes and reads them: ISO 8601, UTC, milliseconds (RFC 3339)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.errors import FieldInvalid

__all__ = ["iso", "iso_or_none", "milliseconds", "read_time"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
EARLIEST = -62_135_596_800_000  # the first of the year 1


def iso(at: int) -> str:
    """Milliseconds as `2026-11-24T09:00:00.000Z`; what a calendar does not reach is its last or first moment."""
    moment = EPOCH + timedelta(milliseconds=max(EARLIEST, min(at, LATEST)))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(at: int | None) -> str | None:
    """As `iso`, and None for none."""
    return None if at is None else iso(at)


def milliseconds(duration_us: int | None) -> float | None:
    """Microseconds as milliseconds with a fraction."""
    return None if duration_us is None else duration_us / 1000


def read_time(parameter: str, text: str) -> int:
    """ISO 8601 as milliseconds; a time without a zone is UTC.

    Raises:
        FieldInvalid: it is not a time; names the parameter.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FieldInvalid(parameter, "must be a time such as 2026-11-24T09:00:00Z") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)
