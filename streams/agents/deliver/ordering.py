"""Ordering: holds a message of a strict site back until every older one of its succession has ended.

A message is unsettled from the moment it is taken up until the row that ends it is acknowledged; so what a kill makes
happen again happens in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from schemas.identity import attempt_id
from schemas.records import Delivery
from streams.agents.deliver.shares import OwnShare, Shares
from streams.agents.deliver.work import Arrived, Order, Source, Work
from streams.core.lanes import Lanes
from streams.core.succession import Turn, succession_of

__all__ = ["Ordering", "ended", "give_back", "goes_on", "leave", "parked", "parking"]


class Ordering:
    """The successions of our partitions, and the messages that are held in them.

    Args:
        shares: have the successions.
        lanes: where messages wait that may ask for their turn; those held count there too.
    """

    def __init__(self, shares: Shares, lanes: Lanes[Work]) -> None:
        self._shares, self._lanes = shares, lanes

    def take_up(self, work: Work) -> None:
        """A message was taken up; from now on younger ones wait for it."""
        name = succession_of(work.delivery)
        own = self._shares.find(work.partition) if name is not None else None
        if name is None or own is None:
            return
        work.order = Order(own.successions, name)
        own.successions.enter(name, work.position, work.key)
        if work.parked_at is not None:
            own.successions.unparked(name, work.position, work.sources[0].offset)

    def pass_over(self, source: Source, item: Arrived, key: str, *, handled: bool) -> None:
        """A record was met that needs nothing more; `handled`: because its step has ended."""
        name, own = succession_of(item.delivery), self._shares.find(source.inlet.partition)
        if name is None or own is None:
            return
        if handled:
            own.successions.leave(name, key)
        if item.parked_at is not None:
            own.successions.unparked(name, item.delivery.origin_offset, source.offset)

    def asks(self, work: Work) -> Turn:
        """Whether a message may be sent now."""
        return work.order.among.asks(work.order.name, work.position, work) if work.order else Turn.GO

    def hold(self, work: Work) -> None:
        """It was taken from its lane, and waits until it may ask again."""
        if work.order is not None:
            self._lanes.hold(work.lane, work.size)
            work.order.among.hold(work.order.name, work.position, work)

    def goes_behind(self, work: Work) -> bool:
        """Whether an older one is parked, so that it has to be parked behind that."""
        if work.order is None:
            return False
        offset = work.sources[0].offset if work.parked_at is not None else None
        return work.order.among.is_behind(work.order.name, work.position, offset)

    def turns_back(self, number: int, item: Arrived, offset: int) -> bool:
        """The same for a parked message, which lies at `offset`, before it is taken up."""
        name, own = succession_of(item.delivery), self._shares.find(number)
        return bool(name and own and own.successions.is_behind(name, item.delivery.origin_offset, offset))

    def needs_room(self, number: int, delivery: Delivery, position: int) -> bool:
        """Whether it has to wait for room in its lane: not where those that fill the lane wait for it."""
        name = succession_of(delivery)
        if name is None:
            return True
        own = self._shares.find(number)
        return not (own and own.successions.is_waited_for(name, position))

    def resume(self) -> None:
        """Those that may ask again go back into their lanes."""
        while self._shares.freed:
            work = self._shares.freed.popleft()
            self._lanes.let_go(work.lane, work.size)
            if work.live:
                self._lanes.add(work.lane, work, work.size)

    def refresh(self, is_sent: Callable[[Work], bool]) -> None:
        """The configuration has changed: what would not be sent now need not wait for a turn."""
        for own in self._shares.of(self._shares.numbers()):
            own.successions.release(lambda work: not is_sent(work))

    def drop(self, unwanted: Callable[[Work], bool], shares: Iterable[OwnShare] | None = None) -> list[Work]:
        """Take out those held that are unwanted."""
        self.resume()
        chosen = self._shares.of(self._shares.numbers()) if shares is None else shares
        dropped = [work for own in chosen for work in own.successions.drop(unwanted)]
        for work in dropped:
            self._lanes.let_go(work.lane, work.size)
        return dropped


def leave(own: OwnShare, delivery: Delivery, key: str) -> None:
    """A step has ended that was not under way."""
    if (name := succession_of(delivery)) is not None:
        own.successions.leave(name, key)


def give_back(work: Work) -> None:
    """It is not being sent any more."""
    if work.order is not None:
        work.order.among.give_back(work.order.name, work)


def goes_on(work: Work) -> None:
    """Its next step waits in a tier."""
    if work.order is not None:
        made = work.delivery
        step = attempt_id(made.delivery_id, made.chain, made.step + 1)
        work.order.among.enter(work.order.name, work.position, step)


def ended(work: Work) -> None:
    """Its step has ended, and the row is acknowledged."""
    if work.order is not None:
        work.order.among.leave(work.order.name, work.key)
        give_back(work)


def parking(work: Work) -> None:
    """It is being parked."""
    if work.order is not None:
        work.order.among.park(work.order.name, work.position, work.key)


def parked(work: Work, offset: int | None) -> None:
    """It lies at this offset of `parked`; None: Kafka refused it."""
    if work.order is None:
        return
    among, name = work.order
    if offset is None:
        among.unparked(name, work.position, None)
    else:
        among.parked(name, work.position, offset)
