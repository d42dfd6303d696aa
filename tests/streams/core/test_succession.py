"""Successions: in whatever order things happen, no message overtakes an older one of its own, and all go at last."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from streams.core.succession import Away, Successions, Turn, succession_of
from tests.streams.courier_values import a_delivery

MOST = 12  # messages


class SuccessionMachine(RuleBasedStateMachine):
    """A courier in small: messages of `deliveries` in two successions; lanes, tiers, `parked`, kills."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []  # of the message at each offset of `deliveries`
        self.steps: dict[int, int] = {}  # position -> its step, of what was taken up
        self.ended: set[int] = set()
        self.tier: set[int] = set()
        self.log: list[int] = []  # `parked`: positions by offset
        self.drained = 0  # all below this offset of it were taken up
        self.begin(0)

    def begin(self, reached: int) -> None:
        self.freed: deque[int] = deque()
        self.all = Successions[int](self.freed, reached)
        self.read = reached  # of `deliveries`
        self.lane: deque[int] = deque()
        self.flying: set[int] = set()

    def step(self, position: int) -> str:
        return f"{position}.{self.steps[position]}"

    def waiting_parked(self) -> set[int]:
        return set(self.log[self.drained :])

    @rule(name=st.sampled_from("ab"))
    @precondition(lambda self: len(self.names) < MOST)
    def make(self, name: str) -> None:
        self.names.append(name)

    @rule()
    @precondition(lambda self: self.read < len(self.names))
    def take_up(self) -> None:
        position, self.read = self.read, self.read + 1
        self.all.took_up(position)
        if position in self.ended | self.tier | self.waiting_parked():
            return  # handled by whoever was here before
        self.steps.setdefault(position, 1)
        self.all.enter(self.names[position], position, self.step(position))
        self.lane.append(position)

    @rule()
    @precondition(lambda self: self.lane or self.freed)
    def ask(self) -> None:
        self.lane.extend(self.freed)
        self.freed.clear()
        position = self.lane.popleft()
        name = self.names[position]
        match self.all.asks(name, position, position):
            case Turn.GO:
                older = {each for each in range(position) if self.names[each] == name}
                assert older <= self.ended, "it overtakes"
                assert not {each for each in self.flying if self.names[each] == name}, "two at once"
                self.flying.add(position)
            case Turn.HOLD:
                self.all.hold(name, position, position)
            case Turn.PARK:
                self.park(position)

    def park(self, position: int) -> None:
        name = self.names[position]
        self.all.park(name, position, self.step(position))
        self.all.parked(name, position, len(self.log))
        self.all.give_back(name, position)
        self.log.append(position)

    @rule(data=st.data())
    @precondition(lambda self: self.lane)
    def park_one(self, data: st.DataObject) -> None:
        self.lane.remove(position := data.draw(st.sampled_from(list(self.lane))))
        self.park(position)

    @rule(data=st.data(), outcome=st.sampled_from(["fails", "ends"]))
    @precondition(lambda self: self.flying)
    def answer(self, data: st.DataObject, outcome: str) -> None:
        self.flying.remove(position := data.draw(st.sampled_from(sorted(self.flying))))
        name, made = self.names[position], self.step(position)
        if outcome == "fails":
            self.steps[position] += 1
            self.all.enter(name, position, self.step(position))
            self.tier.add(position)
        else:
            self.ended.add(position)
        self.all.leave(name, made)
        self.all.give_back(name, position)

    @rule(data=st.data())
    @precondition(lambda self: self.tier)
    def come_back(self, data: st.DataObject) -> None:
        self.tier.remove(position := data.draw(st.sampled_from(sorted(self.tier))))
        self.all.enter(self.names[position], position, self.step(position))
        self.lane.append(position)

    @rule()
    @precondition(lambda self: self.drained < len(self.log))
    def drain(self) -> None:
        offset, self.drained = self.drained, self.drained + 1
        position = self.log[offset]
        name = self.names[position]
        self.all.enter(name, position, self.step(position))
        self.all.unparked(name, position, offset)
        if self.all.is_behind(name, position, offset):
            self.park(position)
        else:
            self.lane.append(position)

    @rule()
    def kill(self) -> None:
        away = self.tier | self.waiting_parked() | self.ended
        self.begin(min((each for each in range(self.read) if each not in away), default=self.read))
        for position in sorted(self.tier):
            self.all.restore(Away(self.names[position], position, self.step(position)))
        for offset, position in enumerate(self.log):
            if offset >= self.drained:
                self.all.restore(Away(self.names[position], position, self.step(position), offset))

    @rule()
    def release(self) -> None:
        """The site is disabled: what is held is parked."""
        self.all.release(lambda _: True)

    def teardown(self) -> None:
        for _ in range(40 * MOST * MOST):
            if self.read < len(self.names):
                self.take_up()
            for position in sorted(self.tier):
                self.tier.discard(position)
                self.lane.append(position)
            if self.drained < len(self.log):
                self.drain()
            if self.lane or self.freed:
                self.ask()
            for position in sorted(self.flying):
                self.flying.remove(position)
                self.ended.add(position)
                self.all.leave(self.names[position], self.step(position))
                self.all.give_back(self.names[position], position)
        assert self.ended == set(range(len(self.names))), "what was taken up has gone in the end"
        assert self.all.empty


TestSuccessions = SuccessionMachine.TestCase


@pytest.mark.parametrize(
    ("ordering", "name"), [("none", None), ("site", "shop/crm"), ("customer", "shop/crm/c-1"), ("new", None)]
)
def test_a_succession_is_of_a_site_or_of_a_customer_of_it(ordering: str, name: str | None) -> None:
    assert succession_of(a_delivery(ordering=ordering)) == name


def test_what_turns_up_first_waits_until_all_older_records_were_read() -> None:
    freed: deque[str] = deque()
    found = Successions[str](freed, reached=3)
    found.restore(Away("a", 5, "parked.1", parked=0))
    found.enter("a", 5, "parked.1")
    found.unparked("a", 5, 0)
    assert found.asks("a", 5, "five") is Turn.HOLD, "one of 3 and 4 may be older"
    found.hold("a", 5, "five")
    found.took_up(3)
    assert not freed
    found.took_up(4)
    assert list(freed) == ["five"]


def test_nothing_goes_before_what_was_asked_of_deliveries_has_been_read() -> None:
    freed: deque[str] = deque()
    found = Successions[str](freed, caught_up=False)
    found.enter("a", 0, "zero.1")
    assert found.asks("a", 0, "zero") is Turn.HOLD
    found.hold("a", 0, "zero")
    found.catch_up()
    assert list(freed) == ["zero"]


def test_a_record_that_is_not_there_holds_nothing_up() -> None:
    found = Successions[str](deque())
    found.restore(Away("a", 1, "one.1", parked=4))
    assert found.is_behind("a", 2, 3)
    assert not found.is_behind("a", 2, 7), "it was passed, and never taken up"
    assert found.empty or not found.is_behind("a", 2)


def test_a_resend_keeps_the_place_of_its_delivery_and_waits_for_what_is_in_flight() -> None:
    freed: deque[str] = deque()
    found = Successions[str](freed)
    found.enter("a", 0, "zero.1")
    assert found.asks("a", 0, "zero") is Turn.GO
    found.took_up(9)
    for position, name in ((5, "five"), (2, "again")):
        found.enter("a", position, f"{name}.1")
        assert found.asks("a", position, name) is Turn.HOLD
        found.hold("a", position, name)
    found.leave("a", "zero.1")
    found.give_back("a", "zero")
    assert list(freed) == ["again"]
