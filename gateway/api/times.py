"""The clock of the API, in milliseconds, and times as it writes them."""

from __future__ import annotations

import time
from typing import Annotated

from pydantic import Field

from schemas.times import iso

__all__ = ["Time", "iso", "now_ms"]

Time = Annotated[str, Field(description="ISO 8601, UTC, milliseconds", examples=["2026-11-24T09:00:00.000Z"])]


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
