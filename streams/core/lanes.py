"""Lanes: which message is sent next, so that no site waits for another and no cap is exceeded.

A lane is one slot of one site and queues alone. Lanes take turns; a lane, its site and the whole have caps.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from schemas.errors import RecordUnreadable
from schemas.records import Delivery

__all__ = ["Caps", "LaneName", "Lanes", "lane_of"]

T = TypeVar("T")
SLOT = re.compile(r"[0-9]{1,4}", re.ASCII)


class LaneName(NamedTuple):
    """One slot of one site."""

    account: str
    site_id: str
    slot: int

    @property
    def site(self) -> tuple[str, str]:
        """The site that it belongs to."""
        return self.account, self.site_id


def lane_of(delivery: Delivery) -> LaneName:
    """The lane that a message was put into when it was made.

    Raises:
        RecordUnreadable: its lane key is none of ours.
    """
    return lane_named(delivery.lane, delivery.account, delivery.site_id)


@lru_cache(maxsize=4096)
def lane_named(lane: str, account: str, site: str) -> LaneName:
    site_id, _, slot = lane.rpartition("/")
    if site_id != site or not SLOT.fullmatch(slot):
        raise RecordUnreadable(f"the lane {lane[:100]!r} is not a slot of the site {site[:100]!r}")
    return LaneName(account, site_id, int(slot))


class Caps(NamedTuple):
    """How many requests may be in flight."""

    lane: int
    site: int


@dataclass(slots=True, eq=False)
class _Lane(Generic[T]):
    name: LaneName
    site: _Site[T]
    waiting: deque[tuple[T, int]] = field(default_factory=deque)
    held: int = 0  # messages that wait elsewhere, of `weight` too
    weight: int = 0
    in_flight: int = 0
    ready: bool = False


@dataclass(slots=True, eq=False)
class _Site(Generic[T]):
    in_flight: int = 0
    full: bool = False  # a lane was turned away because of the site's cap
    lanes: dict[LaneName, _Lane[T]] = field(default_factory=dict)


class Lanes(Generic[T]):
    """The messages that wait for their turn.

    Args:
        most: requests in flight in all. One site never takes more than half, so that hanging ones leave room.
        size: messages that one lane may hold waiting.
        weight: bytes that one lane may hold waiting.
        total: bytes that all may hold together; beyond it, only lanes in which nothing waits have room.
        caps: the caps of a lane as they are now.
    """

    def __init__(self, *, most: int, size: int, weight: int, total: int, caps: Callable[[LaneName], Caps]) -> None:
        self._most, self._size, self._weight, self._total, self._caps = most, size, weight, total, caps
        self._held = 0  # bytes that wait
        self._sites: dict[tuple[str, str], _Site[T]] = {}
        self._lanes: dict[LaneName, _Lane[T]] = {}
        self._ready: deque[_Lane[T]] = deque()
        self.in_flight = 0

    def is_empty(self, name: LaneName) -> bool:
        """Whether nothing waits in the lane."""
        lane = self._lanes.get(name)
        return lane is None or not (lane.waiting or lane.held)

    def has_room(self, name: LaneName) -> bool:
        """Whether the lane takes one more."""
        lane = self._lanes.get(name)
        if lane is None or not (lane.waiting or lane.held):
            return True
        return len(lane.waiting) + lane.held < self._size and lane.weight < self._weight and self._held < self._total

    def add(self, name: LaneName, item: T, weight: int) -> None:
        """Queue a message of `weight` bytes at the end of its lane."""
        lane = self._lane(name)
        lane.waiting.append((item, weight))
        lane.weight += weight
        self._held += weight
        self._make_ready(lane)

    def take(self) -> T | None:
        """The next message to be sent, now counted as in flight; None where nothing waits or no cap has room."""
        while self._ready and self.in_flight < self._most:
            lane = self._ready.popleft()
            lane.ready = False
            if lane.waiting and self._may_send(lane):
                return self._taken(lane)
        return None

    def release(self, name: LaneName) -> None:
        """A request of this lane has ended."""
        lane = self._lane(name)
        lane.in_flight -= 1
        lane.site.in_flight -= 1
        self.in_flight -= 1
        self._make_ready(lane)
        if lane.site.full:
            lane.site.full = False
            for other in lane.site.lanes.values():
                self._make_ready(other)
        self._forget_if_idle(lane)

    def hold(self, name: LaneName, weight: int) -> None:
        """A message that was taken is held elsewhere, and counts as waiting all the same."""
        lane = self._lane(name)
        lane.held += 1
        lane.weight += weight
        self._held += weight
        self.release(name)

    def let_go(self, name: LaneName, weight: int) -> None:
        """It is held no longer."""
        lane = self._lane(name)
        lane.held -= 1
        lane.weight -= weight
        self._held -= weight
        self._forget_if_idle(lane)

    def refresh(self) -> None:
        """Caps may have changed: every lane that waits is looked at again."""
        for lane in self._lanes.values():
            self._make_ready(lane)

    def drop(self, unwanted: Callable[[T], bool]) -> list[T]:
        """Take out the waiting messages that are unwanted."""
        dropped: list[T] = []
        for lane in list(self._lanes.values()):
            kept: deque[tuple[T, int]] = deque()
            for item, weight in lane.waiting:
                if unwanted(item):
                    dropped.append(item)
                    lane.weight -= weight
                    self._held -= weight
                else:
                    kept.append((item, weight))
            lane.waiting = kept
            self._forget_if_idle(lane)
        return dropped

    def waiting(self) -> int:
        """Messages that wait, in all lanes."""
        return sum(len(lane.waiting) + lane.held for lane in self._lanes.values())

    def _lane(self, name: LaneName) -> _Lane[T]:
        lane = self._lanes.get(name)
        if lane is None:
            site = self._sites.setdefault(name.site, _Site())
            lane = self._lanes[name] = site.lanes[name] = _Lane(name, site)
        return lane

    def _make_ready(self, lane: _Lane[T]) -> None:
        if lane.waiting and not lane.ready:
            lane.ready = True
            self._ready.append(lane)

    def _may_send(self, lane: _Lane[T]) -> bool:
        caps = self._caps(lane.name)
        if lane.site.in_flight >= min(caps.site, max(1, self._most // 2)):
            lane.site.full = True
            return False
        return lane.in_flight < caps.lane

    def _taken(self, lane: _Lane[T]) -> T:
        item, weight = lane.waiting.popleft()
        lane.weight -= weight
        self._held -= weight
        lane.in_flight += 1
        lane.site.in_flight += 1
        self.in_flight += 1
        self._make_ready(lane)
        return item

    def _forget_if_idle(self, lane: _Lane[T]) -> None:
        if not (lane.waiting or lane.held or lane.in_flight):
            lane.site.lanes.pop(lane.name, None)
            self._lanes.pop(lane.name, None)
            if not lane.site.lanes:
                self._sites.pop(lane.name.site, None)
