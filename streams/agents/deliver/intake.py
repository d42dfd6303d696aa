"""Intake: from records that were read to messages in their lanes, in order and only when they are due.

An inlet's head goes on when it is due, its lane has room and our configuration is as new as the one it was decided
under; a step that has proof, or is under way, is not begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from confluent_kafka import Message

from schemas.records import Delivery, Rejected
from streams.agents.deliver.obeying import Obeying
from streams.agents.deliver.reading import item_of
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Item, Source, Work
from streams.core.inlet import Held, Inlet
from streams.core.lanes import Lanes
from streams.core.proof import step_key
from streams.edges.clock import now_ms
from streams.edges.loop import Loop, Timer

__all__ = ["Configured", "Intake", "Reader"]


class Reader(Protocol):
    """Whoever reads the partitions."""

    def rewind(self, topic: str, partition: int, offset: int) -> None: ...
    def resume(self, topic: str, partition: int) -> None: ...


class Configured(Protocol):
    """The configuration, as far as it was followed."""

    def reached(self, offset: int) -> bool: ...
    def ask(self, offset: int, then: Callable[[bool], None]) -> None:
        """`then(True)` once `offset` is reached, `then(False)` when the topic has no such offset."""


class Intake:
    """Admits messages; `pump` goes on with what could not be admitted before."""

    def __init__(
        self,
        *,
        loop: Loop,
        reader: Reader,
        configured: Configured,
        shares: Shares,
        lanes: Lanes[Work],
        settling: Settling,
        obeying: Obeying,
    ) -> None:
        self._loop, self._reader, self._configured = loop, reader, configured
        self._shares, self._lanes, self._settling, self._obeying = shares, lanes, settling, obeying
        self._ready: dict[Inlet[Item], None] = {}  # to be looked at in the next round, in order
        self._timers: dict[Inlet[Item], Timer] = {}
        self._asked: set[Inlet[Item]] = set()

    def read(self, messages: Sequence[Message]) -> None:
        """Records came in."""
        now = now_ms()
        for message in messages:
            topic, partition, offset = message.topic() or "", message.partition() or 0, message.offset() or 0
            inlet = self._shares.inlet(topic, partition)
            if inlet is None or inlet.rewinding or inlet.closed:
                continue
            if inlet.offer(offset, item_of(message, now), len(message)):
                self._ready[inlet] = None
            else:
                inlet.stop_reading()
                self._reader.rewind(topic, partition, offset)

    def rewound(self, topic: str, partition: int) -> None:
        """Records that come from now on were read after the rewind."""
        inlet = self._shares.inlet(topic, partition)
        if inlet is not None:
            inlet.rewinding = False
            self._ready[inlet] = None

    def pump(self) -> None:
        """Admit what can be admitted."""
        ready, self._ready = self._ready, {}
        for inlet in ready:
            if inlet.live and not inlet.closed:
                self._admit(inlet)

    def _admit(self, inlet: Inlet[Item]) -> None:
        while (head := inlet.head) is not None:
            if self._must_wait(inlet, head):
                break
            self._take_up(inlet, head)
        if inlet.wants_more and not inlet.rewinding:
            inlet.reading = True
            self._reader.resume(inlet.topic, inlet.partition)

    def _must_wait(self, inlet: Inlet[Item], head: Held[Item]) -> bool:
        """Whether the head has to wait, having seen to it that it is looked at again."""
        item = head.item
        if isinstance(item, Arrived):
            delivery = item.delivery
            if delivery.due > now_ms():
                return self._wait_until(inlet, delivery.due)
            if not self._configured.reached(delivery.config_offset):
                return self._wait_for_configuration(inlet, delivery)
        if not inlet.takes_up or (isinstance(item, Arrived) and item.is_sent and not self._lanes.has_room(item.lane)):
            self._ready[inlet] = None
            return True
        return False

    def _wait_until(self, inlet: Inlet[Item], due: int) -> bool:
        if own := self._shares.find(inlet.partition):
            own.untouched(inlet.topic)
        if inlet not in self._timers:
            self._timers[inlet] = self._loop.after((due - now_ms()) / 1000, lambda: self._look_again(inlet))
        return True

    def _look_again(self, inlet: Inlet[Item]) -> None:
        self._timers.pop(inlet, None)
        self._ready[inlet] = None

    def _wait_for_configuration(self, inlet: Inlet[Item], delivery: Delivery) -> bool:
        if inlet not in self._asked:
            self._asked.add(inlet)
            self._configured.ask(delivery.config_offset, lambda known: self._told(inlet, known=known))
        return True

    def _told(self, inlet: Inlet[Item], *, known: bool) -> None:
        self._asked.discard(inlet)
        head = inlet.head
        if not known and head is not None and isinstance(head.item, Arrived):
            inlet.replace_head(self._settling.config_unknown(inlet, head.offset, head.item.delivery))
        self._ready[inlet] = None

    def _take_up(self, inlet: Inlet[Item], head: Held[Item]) -> None:
        source, item = self._shares.open(inlet), head.item
        if isinstance(item, Rejected):
            self._settling.reject(source, item)
            return
        if item.command is None:
            self._begin(source, item, head.size)
            return

        def obeyed(*, sent: bool) -> None:
            if sent and inlet.live:
                self._begin(source, item, head.size)
            else:
                self._shares.close(source)

        self._obeying.obey(item.command, item, inlet.partition, obeyed)

    def _begin(self, source: Source, item: Arrived, size: int) -> None:
        key, number = step_key(item.delivery), source.inlet.partition
        if self._settling.join(key, source):
            return
        if self._shares.handled(number, key) or self._shares.overtaken(number, key, item.written_at):
            self._shares.close(source)
            return
        work = Work(item.delivery, key, item.lane, number, [source])
        self._settling.begin(work)
        if error := self._shares.against(number, item.delivery):
            self._obeying.stop(work, error)
        else:
            self._lanes.add(item.lane, work, size)

    def lost(self, inlets: Sequence[Inlet[Item]]) -> None:
        """These partitions are no longer ours."""
        for inlet in inlets:
            self._ready.pop(inlet, None)
            self._asked.discard(inlet)
            if timer := self._timers.pop(inlet, None):
                timer.cancel()
