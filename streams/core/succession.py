"""Successions: messages of one site, or of one customer of it, that go out one after the other (`ordering`).

One is sent when every older one has ended, wherever those wait: in memory, in a retry tier or parked. Older is what
lies before it in `deliveries`; a resend keeps the place of its delivery.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from schemas.records import Delivery

__all__ = ["Away", "Successions", "Turn", "succession_of"]

T = TypeVar("T")


class Turn(Enum):
    """What a message is told that asks for its turn."""

    GO = "go"  # nothing else of its succession goes until it gives the turn back
    HOLD = "hold"  # an older one has not ended
    PARK = "park"  # an older one is parked: it goes behind that


class Away(NamedTuple):
    """A message that waited in a tier or in `parked` (at that offset) when its partition was assigned."""

    succession: str
    position: int
    step: str
    parked: int | None = None


def succession_of(delivery: Delivery) -> str | None:
    """The name of a message's succession; None where its order does not matter."""
    match delivery.ordering:
        case "site":
            return f"{delivery.account}/{delivery.site_id}"
        case "customer":
            return f"{delivery.account}/{delivery.site_id}/{delivery.customer}"
        case _:
            return None


@dataclass(slots=True, eq=False)
class _One(Generic[T]):
    """One succession. The heaps may hold what has gone: it is passed over."""

    live: dict[str, int] = field(default_factory=dict)  # step -> position, of what is in memory or in a tier
    parked: dict[int, int | None] = field(default_factory=dict)  # position -> offset in `parked`, None: being written
    live_heap: list[tuple[int, str]] = field(default_factory=list)
    parked_heap: list[int] = field(default_factory=list)
    held: list[tuple[int, int, T]] = field(default_factory=list)  # heap of position, number, message
    turn: T | None = None

    @property
    def over(self) -> bool:
        return not (self.live or self.parked or self.held) and self.turn is None

    def oldest_live(self) -> int | None:
        while self.live_heap and self.live.get(self.live_heap[0][1]) != self.live_heap[0][0]:
            heapq.heappop(self.live_heap)
        return self.live_heap[0][0] if self.live_heap else None

    def oldest_parked(self) -> int | None:
        while self.parked_heap and self.parked_heap[0] not in self.parked:
            heapq.heappop(self.parked_heap)
        return self.parked_heap[0] if self.parked_heap else None

    def is_behind_parked(self, position: int) -> bool:
        oldest = self.oldest_parked()
        return oldest is not None and oldest < position

    def may_go(self, position: int) -> bool:
        oldest = self.oldest_live()
        return self.turn is None and (oldest is None or oldest >= position) and not self.is_behind_parked(position)


class Successions(Generic[T]):
    """Those of one partition number.

    Args:
        freed: gets the messages that are to ask again, in the order in which they may go.
        reached: the offset in `deliveries` up to which all were taken up. What lies further on waits: one before it may
            turn up yet.
        caught_up: whether what was asked of deliveries before the assignment has been taken up too.
    """

    def __init__(self, freed: deque[T], reached: int = 0, *, caught_up: bool = True) -> None:
        self._freed, self._reached, self._caught_up = freed, reached, caught_up
        self._all: dict[str, _One[T]] = {}
        self._early: list[tuple[int, str]] = []  # heap of position and succession
        self._numbers = itertools.count()

    @property
    def empty(self) -> bool:
        """Whether nothing of any succession is unsettled."""
        return not self._all

    def restore(self, away: Away) -> None:
        """This one waits somewhere."""
        if away.parked is None:
            self.enter(away.succession, away.position, away.step)
        else:
            self._park(self._one(away.succession), away.position, away.parked)

    def enter(self, name: str, position: int, step: str) -> None:
        """A step is to be made that has not ended: it is in memory, or in a tier."""
        one = self._one(name)
        if one.live.get(step) != position:
            one.live[step] = position
            heapq.heappush(one.live_heap, (position, step))

    def leave(self, name: str, step: str) -> None:
        """The step has ended, or is not with us any more."""
        if (one := self._all.get(name)) is not None and one.live.pop(step, None) is not None:
            self._look(name, one)

    def park(self, name: str, position: int, step: str) -> None:
        """It is being parked."""
        one = self._one(name)
        one.live.pop(step, None)
        self._park(one, position, None)
        self._look(name, one)

    @staticmethod
    def _park(one: _One[T], position: int, offset: int | None) -> None:
        if position not in one.parked:
            heapq.heappush(one.parked_heap, position)
        one.parked[position] = offset

    def parked(self, name: str, position: int, offset: int) -> None:
        """It lies at this offset of `parked`."""
        if (one := self._all.get(name)) is not None and position in one.parked:
            one.parked[position] = offset

    def unparked(self, name: str, position: int, offset: int | None) -> None:
        """What lay at this offset was taken up; None: it could not be written there."""
        one = self._all.get(name)
        if one is not None and position in one.parked and one.parked[position] == offset:
            del one.parked[position]
            self._look(name, one)

    def is_behind(self, name: str, position: int, offset: int | None = None) -> bool:
        """Whether an older one is parked; `offset`: where the one that asks lies itself, which is met before that."""
        if (one := self._all.get(name)) is None:
            return False
        while one.is_behind_parked(position):
            oldest = one.oldest_parked()
            at = one.parked[oldest] if oldest is not None else None
            if offset is None or at is None or at > offset:
                return True
            del one.parked[one.parked_heap[0]]  # it was passed and never taken up: there is none
        return False

    def asks(self, name: str, position: int, item: T) -> Turn:
        """Whether a message may be sent now; if so, it has the turn."""
        one = self._one(name)
        if one.is_behind_parked(position):
            return Turn.PARK
        if not self._knows(position) or not one.may_go(position):
            return Turn.HOLD
        one.turn = item
        return Turn.GO

    def hold(self, name: str, position: int, item: T) -> None:
        """It waits until it may ask again."""
        heapq.heappush(self._one(name).held, (position, next(self._numbers), item))
        if not self._knows(position):
            heapq.heappush(self._early, (position, name))

    def give_back(self, name: str, item: T) -> None:
        """It has its turn no more, if it had it."""
        if (one := self._all.get(name)) is not None:
            if one.turn is item:
                one.turn = None
            self._look(name, one)

    def is_waited_for(self, name: str, position: int) -> bool:
        """Whether younger ones are held until this one has ended."""
        one = self._all.get(name)
        return one is not None and any(each[0] > position for each in one.held)

    def took_up(self, offset: int) -> None:
        """A message of `deliveries` was taken up, and so were all before it."""
        self._reached = max(self._reached, offset + 1)
        self._look_at_early()

    def catch_up(self) -> None:
        """All that was asked of deliveries before the assignment has been taken up."""
        if not self._caught_up:
            self._caught_up = True
            self._look_at_early()

    def release(self, which: Callable[[T], bool]) -> None:
        """These need no turn any more."""
        for name, one in list(self._all.items()):
            self._freed.extend(each[2] for each in sorted(one.held, key=place) if which(each[2]))
            self._keep(name, one, lambda item: not which(item))

    def drop(self, unwanted: Callable[[T], bool]) -> list[T]:
        """Hold these no longer."""
        dropped = []
        for name, one in list(self._all.items()):
            dropped += [each[2] for each in one.held if unwanted(each[2])]
            self._keep(name, one, lambda item: not unwanted(item))
        return dropped

    def _keep(self, name: str, one: _One[T], wanted: Callable[[T], bool]) -> None:
        one.held = [each for each in one.held if wanted(each[2])]
        heapq.heapify(one.held)
        self._forget_if_over(name, one)

    def _one(self, name: str) -> _One[T]:
        return self._all.setdefault(name, _One())

    def _knows(self, position: int) -> bool:
        return self._caught_up and position <= self._reached

    def _look_at_early(self) -> None:
        while self._caught_up and self._early and self._early[0][0] <= self._reached:
            name = heapq.heappop(self._early)[1]
            if (one := self._all.get(name)) is not None:
                self._look(name, one)

    def _look(self, name: str, one: _One[T]) -> None:
        """Something has changed: those ask again that may go now, or that must be parked."""
        while one.held and one.is_behind_parked(one.held[0][0]):
            self._freed.append(heapq.heappop(one.held)[2])
        if one.held and self._knows(one.held[0][0]) and one.may_go(one.held[0][0]):
            self._freed.append(heapq.heappop(one.held)[2])
        self._forget_if_over(name, one)

    def _forget_if_over(self, name: str, one: _One[T]) -> None:
        if one.over and self._all.get(name) is one:
            del self._all[name]


def place(held: tuple[int, int, T]) -> tuple[int, int]:
    return held[:2]
