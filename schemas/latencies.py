"""The latency histogram that the store's figures are kept in, and the percentiles that come out of it.

Bounds grow by at most two thirds, so a percentile, which is read off between two of them, is right within that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

__all__ = ["BOUNDS_US", "COLUMNS", "bucket_of", "percentile", "percentiles"]

_DECADE = (10, 15, 20, 30, 50, 70)
# Microseconds: 1, 1.5, 2, 3, 5, 7, 10, ... ms, up to a minute, the longest time-out there is.
BOUNDS_US = (
    *(100 * scale * step for scale in (1, 10, 100, 1000) for step in _DECADE),
    10_000_000,
    15_000_000,
    20_000_000,
    30_000_000,
    60_000_000,
)
# One column a bucket: `up_to_1500` counts what took more than the bound before and at most 1,500 microseconds.
COLUMNS = (*(f"up_to_{bound}" for bound in BOUNDS_US), "longer")


def bucket_of(duration_us: int) -> str:
    """The column that counts a duration (microseconds)."""
    return COLUMNS[bisect_left(BOUNDS_US, duration_us)]


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The duration (ms) that this share (0 to 1) of all stays within; None where nothing was counted.

    `counts` has one number a column. Between two bounds the durations are taken as evenly spread.
    """
    return percentiles(counts, (share,))[0]


def percentiles(counts: Sequence[int], shares: Sequence[float]) -> list[float | None]:
    """The same for several shares, each larger than the one before, in one walk."""
    total = sum(counts)
    if not total:
        return [None] * len(shares)
    found: list[float | None] = []
    index, below = 0, 0
    for share in shares:
        while below + counts[index] < share * total:
            below += counts[index]
            index += 1
        low, high = BOUNDS_US[index - 1] if index else 0, BOUNDS_US[min(index, len(BOUNDS_US) - 1)]
        found.append(round((low + (high - low) * (share * total - below) / counts[index]) / 1000, 1))
    return found
