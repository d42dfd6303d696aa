"""So many a second."""

from __future__ import annotations

from streams.core.rate import Rate


def test_no_more_come_than_the_rate_and_a_small_burst() -> None:
    rate, now, came = Rate(100), 1_000_000, 0
    for passed in range(2001):
        while rate.free_at <= now + passed:
            rate.take(now + passed)
            came += 1
    assert 200 <= came <= 200 + 12


def test_what_was_not_used_is_not_saved_up() -> None:
    rate = Rate(10)
    rate.take(0)
    came = 0
    while rate.free_at <= 1_000_000:
        rate.take(1_000_000)
        came += 1
    assert came <= 2
