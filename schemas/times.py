"""Times as they are written and read everywhere here: ISO 8601, UTC, milliseconds (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["iso", "iso_milliseconds"]

# RFC 3339, and of ISO 8601 besides: a date alone, a time without seconds or zone, a blank for the T.
FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?", re.ASCII
)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC; with a zone a time takes four tenths longer to write
LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
EARLIEST = -62_135_596_800_000  # the first of the year 1


def iso(at: int) -> str:
    """Milliseconds as `2026-11-24T09:00:00.000Z`; what a calendar does not reach is its last or first moment."""
    moment = EPOCH + timedelta(0, 0, 0, max(EARLIEST, min(at, LATEST)))
    return moment.isoformat("T", "milliseconds") + "Z"


def iso_milliseconds(text: str, *, needs_zone: bool = False) -> int | None:
    """A time in the extended format of ISO 8601, as RFC 3339 has it, as milliseconds; None where it is none.

    Without a zone it is UTC, or none where it needs one.
    """
    if FORM.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        if needs_zone:
            return None
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
