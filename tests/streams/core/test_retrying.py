"""What follows an attempt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import AttemptStatus
from streams.core.retrying import (
    LATEST,
    Delivered,
    Exhausted,
    Resend,
    departure,
    leaves_at,
    retry_after,
    status_of,
    tier_for,
    verdict,
)

TIERS = (10.0, 60.0, 300.0)
FIVE = (10.0,) * 5
delays = st.lists(st.floats(0.001, 86400), max_size=20)
tiers = st.lists(st.floats(0.5, 43200), min_size=1, max_size=8, unique=True).map(sorted)


def test_a_delivery_that_fails_six_times_is_dead() -> None:
    follows = [verdict(succeeded=False, step=step, delays=FIVE, tiers=TIERS, now=1000) for step in range(1, 7)]
    assert follows == [Resend(11_000, 10.0)] * 5 + [Exhausted()]


def test_a_site_without_delays_is_asked_once() -> None:
    assert verdict(succeeded=False, step=1, delays=(), tiers=TIERS, now=0) == Exhausted()


@given(step=st.integers(1, 30), delays=delays, tiers=tiers, now=st.integers(0, 2**42))
def test_success_ends_a_chain_at_any_step(step: int, delays: list[float], tiers: list[float], now: int) -> None:
    assert verdict(succeeded=True, step=step, delays=delays, tiers=tiers, now=now) == Delivered()


@given(step=st.integers(1, 30), delays=delays, tiers=tiers, now=st.integers(0, 2**42))
def test_there_are_as_many_resends_as_delays(step: int, delays: list[float], tiers: list[float], now: int) -> None:
    follows = verdict(succeeded=False, step=step, delays=delays, tiers=tiers, now=now)
    assert isinstance(follows, Resend) == (step <= len(delays))
    if isinstance(follows, Resend):
        assert follows.due == now + round(delays[step - 1] * 1000)
        assert follows.tier in tiers


@given(delay=st.floats(0.001, 86400), tiers=tiers)
def test_a_tier_never_holds_a_message_longer_than_its_delay_unless_it_is_the_smallest(
    delay: float, tiers: list[float]
) -> None:
    tier = tier_for(delay, tiers)
    assert tier <= delay + 0.1 or tier == tiers[0]


def test_each_verdict_has_its_word() -> None:
    assert status_of(Delivered()) is AttemptStatus.DONE
    assert status_of(Resend(1, 10.0)) is AttemptStatus.RESENT
    assert status_of(Exhausted()) is AttemptStatus.FAILED


def again(not_before: int, now: int = 1000) -> Resend:
    follows = verdict(succeeded=False, step=1, delays=FIVE, tiers=TIERS, now=now, not_before=not_before)
    assert isinstance(follows, Resend)
    return follows


def test_the_later_of_the_schedule_and_what_the_site_asks_for_counts_for_a_day_at_most() -> None:
    assert again(5_000) == Resend(11_000, 10.0)
    assert again(91_000) == Resend(91_000, 60.0)
    assert again(1000 + 2 * LATEST) == Resend(1000 + LATEST, 300.0)


NOW = 1_795_516_200_000  # 2026-11-24T10:30:00Z


@pytest.mark.parametrize(
    ("status", "value", "expected"),
    [
        (429, "120", NOW + 120_000),
        (503, " 7 ", NOW + 7_000),
        (503, "Tue, 24 Nov 2026 10:31:00 GMT", NOW + 60_000),
        (503, "Tue, 24 Nov 2026 10:31:00 +0100", NOW + 60_000 - 3_600_000),
        (429, "9" * 400, NOW + LATEST),
        (429, "soon", 0),
        (429, "-1", 0),
        (429, "", 0),
        (429, "Tue, 99 Nov 2026 10:31:00 GMT", 0),
        (500, "120", 0),
        (None, "120", 0),
    ],
)
def test_when_a_site_asks_to_be_asked_again(status: int | None, value: str, expected: int) -> None:
    assert retry_after(status, [["Content-Length", "0"], ["Retry-AFTER", value]], NOW) == expected


def test_a_site_that_does_not_say_when_is_asked_by_the_schedule() -> None:
    assert retry_after(429, [["Content-Length", "0"]], NOW) == 0


@given(st.text())
def test_whatever_a_site_says_is_no_fault(value: str) -> None:
    assert retry_after(429, [["retry-after", value]], NOW) >= 0 or value


@given(left=st.floats(0.001, 3600), tiers=tiers)
def test_a_message_reaches_its_time_by_ever_shorter_tiers_never_early_and_in_few_hops(
    left: float, tiers: list[float]
) -> None:
    due, now, hops = NOW + round(left * 1000), NOW, 0
    while (tier := departure(due, now, tiers)) is not None:
        now, hops = leaves_at(due, now, tier), hops + 1
        assert now <= due
        if now == due:
            break
    assert due - now <= tiers[0] * 1000
    assert hops <= left / tiers[0] + 1
