"""The watchdog's rules: each kind of standing still is seen, and an outage of the broker excuses it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from streams.edges import watchdog
from streams.edges.clock import steady
from streams.edges.watchdog import Beat, Place, Progress, Rules, Watchdog
from tests.waiting import eventually

HERE: Place = ("requests", 0)
IDLE = {HERE: Progress(committed=5, first=0, end=5)}
BEHIND = {HERE: Progress(committed=5, first=0, end=9)}


class Clock:
    """Looks every ten seconds, with a loop that beats each time."""

    def __init__(self) -> None:
        self.rules = Rules(flow_timeout=120)
        self.now = 1000.0

    def look(
        self, progress: Mapping[Place, Progress] | None, *, times: int = 1, beats: bool = True, **beat: object
    ) -> str | None:
        fault = None
        for _ in range(times):
            self.now += 10
            at = self.now if beats else 1000.0
            fault = self.rules.fault(self.now, Beat(at, frozenset({HERE}), **beat), progress)  # type: ignore[arg-type]  # as given
            if fault:
                return fault
        return fault


def test_an_idle_worker_is_left_alone() -> None:
    assert Clock().look(IDLE, times=100) is None


def test_a_partition_with_records_whose_offset_stands_still_is_a_fault_after_a_minute() -> None:
    clock = Clock()
    assert clock.look(BEHIND, times=7) is None
    fault = clock.look(BEHIND)
    assert fault is not None
    assert "requests/0 has records" in fault


def test_lag_that_moves_is_none() -> None:
    clock = Clock()
    for committed in range(100):
        assert clock.look({HERE: Progress(committed, 0, 1000)}) is None


def test_a_worker_that_gets_records_after_a_long_rest_has_its_full_minute() -> None:
    clock = Clock()
    assert clock.look(IDLE, times=50) is None
    assert clock.look(BEHIND, times=6) is None


def test_records_that_have_expired_are_no_lag() -> None:
    assert Clock().look({HERE: Progress(committed=-1001, first=70, end=70)}, times=50) is None
    assert Clock().look({HERE: Progress(committed=3, first=70, end=70)}, times=50) is None


def test_a_marker_of_a_transaction_that_was_read_is_no_lag() -> None:
    assert Clock().look({HERE: Progress(5, 0, 6)}, times=50, read_up_to={HERE: 6}) is None


def test_a_partition_of_another_worker_is_not_looked_at() -> None:
    assert Clock().look({("requests", 1): Progress(0, 0, 9)}, times=50) is None


def test_an_event_loop_that_hangs_is_a_fault_even_when_the_broker_is_away() -> None:
    fault = Clock().look(None, times=4, beats=False)
    assert fault is not None
    assert "event loop" in fault


def test_a_flow_that_stays_suspended_is_a_fault_after_twice_the_rebalance_timeout() -> None:
    clock = Clock()
    clock.look(IDLE)
    assert clock.look(IDLE, times=12, flowing=False) is None
    fault = clock.look(IDLE, flowing=False)
    assert fault is not None
    assert "rebalance" in fault


def test_a_dead_coordinator_is_a_fault_at_once() -> None:
    assert Clock().look(IDLE, coordinating=False) is not None


def test_an_outage_of_the_broker_excuses_lag_flow_and_coordinator_and_starts_their_time_anew() -> None:
    clock = Clock()
    assert clock.look(BEHIND, times=6) is None
    assert clock.look(None, times=100, flowing=False, coordinating=False) is None
    assert clock.look(BEHIND, times=7, flowing=False) is None
    assert clock.look(BEHIND) is not None


def test_the_thread_ends_the_process_with_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "EVERY", 0.01)
    ended: list[str] = []
    dog = Watchdog(Rules(flow_timeout=1), lambda _: {}, ended.append)
    dog.start()
    dog.beat(Beat(steady(), coordinating=False))
    assert eventually(lambda: ended) == ["the part of this process in its group is dead"]


def test_a_watchdog_that_cannot_look_says_so_by_ending_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "EVERY", 0.01)
    ended: list[str] = []

    def broken(_: frozenset[Place]) -> None:
        raise RuntimeError

    dog = Watchdog(Rules(flow_timeout=1), broken, ended.append)
    dog.start()
    assert eventually(lambda: ended) == ["the watchdog could not look"]
