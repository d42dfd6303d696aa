"""The clock of the API, in milliseconds, and times as it writes them."""

from __future__ import annotations

import time

from streams.core.message import iso

__all__ = ["iso", "now_ms"]


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
