"""Percentiles out of a histogram: near the true ones, in order, and none of nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.latencies import BOUNDS_US, COLUMNS, bucket_of, percentile, percentiles

SHARES = (0.5, 0.95, 0.99)


def counted(durations: list[int]) -> list[int]:
    return [sum(bucket_of(each) == column for each in durations) for column in COLUMNS]


@given(st.lists(st.integers(0, 60_000_000), min_size=1, max_size=200))
def test_percentiles_lie_in_the_bucket_of_the_true_one(durations: list[int]) -> None:
    found = percentiles(counted(durations), SHARES)
    assert found == sorted(each for each in found if each is not None)
    for share, each in zip(SHARES, found, strict=True):
        true = sorted(durations)[max(-(-int(share * 1000) * len(durations) // 1000) - 1, 0)]
        index = COLUMNS.index(bucket_of(true))
        low = BOUNDS_US[index - 1] if index else 0
        assert each is not None
        assert low / 1000 - 0.1 <= each <= BOUNDS_US[min(index, len(BOUNDS_US) - 1)] / 1000 + 0.1


def test_of_nothing_there_is_none() -> None:
    assert percentiles([0] * len(COLUMNS), SHARES) == [None] * 3
    assert percentile([0] * len(COLUMNS), 0.5) is None


def test_what_is_longer_than_all_bounds_is_the_last() -> None:
    assert percentile(counted([61_000_000, 90_000_000]), 0.5) == BOUNDS_US[-1] / 1000
