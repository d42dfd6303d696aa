"""When a site's messages are held back, and when it is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.core.breaking import Breaker, BreakerRule, BreakerState

CLOSED, OPEN, PROBING = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.PROBING


def fail(breaker: Breaker, count: int, *, now: int = 1000, deliveries: int = 100) -> None:
    for number in range(count):
        breaker.answered(f"dlv_{number % deliveries}", succeeded=False, began_at=now, now=now)


def opened() -> Breaker:
    breaker = Breaker()
    fail(breaker, 10)
    assert breaker.state is OPEN
    return breaker


def probed(breaker: Breaker, now: int, *, succeeded: bool) -> None:
    assert breaker.held_until(now) is None
    breaker.tries()
    assert breaker.state is PROBING
    breaker.answered("dlv_probe", succeeded=succeeded, began_at=now, now=now + 5)


def test_ten_failures_in_a_row_open_it() -> None:
    breaker = Breaker()
    fail(breaker, 9)
    assert breaker.state is CLOSED
    assert breaker.held_until(1000) is None
    fail(breaker, 1)
    assert (breaker.state, breaker.held_until(1000), breaker.reason) == (OPEN, 11_000, "10 failures in a row")


def test_one_message_alone_never_opens_it_nor_do_four() -> None:
    for deliveries in (1, 4):
        breaker = Breaker()
        fail(breaker, 200, deliveries=deliveries)
        assert breaker.state is CLOSED


def test_a_success_breaks_the_row() -> None:
    breaker = Breaker()
    for number in range(100):
        breaker.answered(f"dlv_{number}", succeeded=number % 3 != 0, began_at=0, now=number)
    assert breaker.state is CLOSED


def test_half_of_the_attempts_of_a_minute_open_it() -> None:
    breaker = Breaker()
    for number in range(10):
        breaker.answered(f"dlv_{number}", succeeded=number % 2 == 0, began_at=0, now=1000 * number)
    assert (breaker.state, breaker.reason) == (OPEN, "5 of 10 attempts failed within a minute")


def test_failures_of_more_than_a_minute_ago_do_not_count() -> None:
    breaker = Breaker()
    fail(breaker, 9, now=0)
    breaker.answered("dlv_good", succeeded=True, began_at=0, now=1)
    fail(breaker, 4, now=62_000)
    assert breaker.state is CLOSED


def test_two_probes_that_succeed_close_it() -> None:
    breaker = opened()
    probed(breaker, 11_000, succeeded=True)
    assert breaker.state is PROBING
    probed(breaker, 11_010, succeeded=True)
    assert (breaker.state, breaker.idle) == (CLOSED, True)


def test_each_probe_that_fails_doubles_the_pause_to_five_minutes_at_most() -> None:
    breaker, now, pauses = opened(), 11_000, []
    for _ in range(7):
        probed(breaker, now, succeeded=False)
        pauses.append(breaker.probe_at - now - 5)
        now = breaker.probe_at
    assert pauses == [20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]


def test_answers_to_what_was_under_way_before_it_opened_change_nothing() -> None:
    breaker = opened()
    breaker.answered("dlv_old", succeeded=True, began_at=900, now=1100)
    assert breaker.state is OPEN
    breaker.tries()
    breaker.answered("dlv_old", succeeded=False, began_at=900, now=11_100)
    assert breaker.state is PROBING


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 4000)), max_size=200))
def test_it_never_opens_without_five_deliveries_that_failed_and_never_stays_open_for_ever(
    history: list[tuple[int, bool, int]],
) -> None:
    breaker, now, failed = Breaker(BreakerRule()), 0, set()
    for delivery, succeeded, passed in history:
        now += passed
        if breaker.held_until(now) is not None:
            continue
        breaker.tries()
        breaker.answered(f"dlv_{delivery}", succeeded=succeeded, began_at=now, now=now)
        failed |= set() if succeeded else {delivery}
        if breaker.state is OPEN:
            assert len(failed) >= 5
            assert now < breaker.probe_at <= now + 300_000
