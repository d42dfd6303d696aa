"""Lanes: caps hold, nothing waits without need, order within a lane is kept."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.errors import RecordUnreadable
from schemas.identity import lane_share
from streams.core.lanes import Caps, LaneName, Lanes, lane_of
from tests.streams.courier_values import a_delivery

MOST = 6


def lane(site: str = "crm", slot: int = 0) -> LaneName:
    return LaneName("shop", site, slot)


class LanesMachine(RuleBasedStateMachine):
    """Messages of a few sites and slots; caps change at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.parallel = {"a": 1, "b": 2, "c": 5}
        self.lanes: Lanes[tuple[LaneName, int]] = Lanes(most=MOST, size=100, weight=10_000, total=10**6, caps=self.caps)
        self.number = 0
        self.waiting: dict[LaneName, list[int]] = {}
        self.in_flight: list[LaneName] = []

    def caps(self, name: LaneName) -> Caps:
        parallel = self.parallel[name.site_id]
        return Caps(lane_share(name.slot, parallel, 3), parallel)

    @rule(site=st.sampled_from("abc"), slot=st.integers(0, 2))
    def add(self, site: str, slot: int) -> None:
        self.number += 1
        self.lanes.add(lane(site, slot), (lane(site, slot), self.number), 1)
        self.waiting.setdefault(lane(site, slot), []).append(self.number)

    @rule()
    def take(self) -> None:
        taken = self.lanes.take()
        if taken is None:
            assert not self.could_send()
            return
        name, number = taken
        assert self.waiting[name].pop(0) == number, "a lane is first in, first out"
        self.in_flight.append(name)
        caps = self.caps(name)
        assert self.in_flight.count(name) <= caps.lane
        assert sum(other.site == name.site for other in self.in_flight) <= min(caps.site, MOST // 2)
        assert len(self.in_flight) <= MOST

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.in_flight))
        self.in_flight.remove(name)
        self.lanes.release(name)

    @rule(site=st.sampled_from("abc"), parallel=st.integers(1, 6))
    def change_caps(self, site: str, parallel: int) -> None:
        self.parallel[site] = parallel
        self.lanes.refresh()

    @rule(site=st.sampled_from("abc"))
    def drop(self, site: str) -> None:
        dropped = self.lanes.drop(lambda item: item[0].site_id == site)
        mine = [number for name, numbers in self.waiting.items() if name.site_id == site for number in numbers]
        self.waiting = {name: numbers for name, numbers in self.waiting.items() if name.site_id != site}
        assert sorted(number for _, number in dropped) == sorted(mine)

    def could_send(self) -> bool:
        """Whether any message could go now without breaking a cap."""
        if len(self.in_flight) >= MOST:
            return False
        sites = Counter(name.site for name in self.in_flight)
        return any(
            numbers
            and self.in_flight.count(name) < self.caps(name).lane
            and sites[name.site] < min(self.caps(name).site, MOST // 2)
            for name, numbers in self.waiting.items()
        )

    @invariant()
    def the_counts_agree(self) -> None:
        assert self.lanes.in_flight == len(self.in_flight)
        assert self.lanes.waiting() == sum(len(numbers) for numbers in self.waiting.values())


TestLanes = LanesMachine.TestCase


def test_a_hanging_site_leaves_room_for_others() -> None:
    lanes: Lanes[str] = Lanes(most=8, size=100, weight=1000, total=10**6, caps=lambda _: Caps(100, 100))
    for _ in range(50):
        lanes.add(lane("hangs"), "hangs", 1)
    lanes.add(lane("good"), "good", 1)
    taken = [lanes.take() for _ in range(6)]
    assert taken.count("hangs") == 4
    assert taken.count("good") == 1
    assert taken.count(None) == 1


def test_lanes_take_turns() -> None:
    lanes: Lanes[str] = Lanes(most=100, size=100, weight=1000, total=10**6, caps=lambda _: Caps(10, 10))
    for site in "abc":
        for _ in range(2):
            lanes.add(lane(site), site, 1)
    assert [lanes.take() for _ in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_a_lane_is_full_by_number_or_by_weight() -> None:
    lanes: Lanes[int] = Lanes(most=1, size=2, weight=10, total=20, caps=lambda _: Caps(1, 1))
    lanes.add(lane("light"), 1, 1)
    assert lanes.has_room(lane("light"))
    lanes.add(lane("light"), 2, 1)
    assert not lanes.has_room(lane("light"))
    lanes.add(lane("heavy"), 3, 10)
    assert not lanes.has_room(lane("heavy"))
    assert lanes.has_room(lane("other"))


def test_where_all_are_heavy_a_lane_in_which_nothing_waits_still_has_room() -> None:
    lanes: Lanes[int] = Lanes(most=1, size=100, weight=100, total=20, caps=lambda _: Caps(1, 1))
    lanes.add(lane("a"), 1, 15)
    lanes.add(lane("b"), 2, 15)
    assert not lanes.has_room(lane("a"))
    assert lanes.has_room(lane("c"))
    assert lanes.take() == 1
    assert lanes.has_room(lane("b"))


@given(parallel=st.integers(1, 1000), partitions=st.integers(1, 64))
def test_the_shares_of_a_site_add_up_to_its_parallelism(parallel: int, partitions: int) -> None:
    slots = min(parallel, partitions)
    assert sum(lane_share(slot, parallel, partitions) for slot in range(slots)) == parallel


def test_the_lane_of_a_message_is_the_one_it_was_made_with() -> None:
    assert lane_of(a_delivery(lane="crm/11")) == LaneName("shop", "crm", 11)


@pytest.mark.parametrize("key", ["", "crm", "crm/", "crm/x", "other/0", "crm/-1", "crm/1/2", "crm/99999", "crm/\u0661"])
def test_a_lane_key_that_is_none_is_unreadable(key: str) -> None:
    with pytest.raises(RecordUnreadable, match="is not a slot of the site"):
        lane_of(a_delivery(lane=key))
