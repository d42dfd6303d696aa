"""The clock: wall time in milliseconds for records, a steady one in seconds for deadlines."""

from __future__ import annotations

import time

__all__ = ["now_ms", "steady"]


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


steady = time.monotonic
