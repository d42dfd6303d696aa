"""What follows an attempt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import AttemptStatus
from streams.core.retrying import Delivered, Exhausted, Resend, status_of, tier_for, verdict

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
