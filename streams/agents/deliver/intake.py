"""Intake: from records that were read to messages in their lanes, in order and only when they are due.

An inlet's head goes on when it is due, or has been in its tier for as long as that delays, and our configuration is as
new as the one it was decided under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from confluent_kafka import Message

from schemas.records import Delivery, Rejected
from streams.agents.deliver.admission import Admission
from streams.agents.deliver.draining import Draining
from streams.agents.deliver.obeying import Obeying
from streams.agents.deliver.reading import item_of
from streams.agents.deliver.rejecting import config_unknown
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Item
from streams.core.inlet import Held, Inlet
from streams.core.retrying import leaves_at
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
    """Hands messages on; `pump` goes on with what had to wait.

    Args:
        loop, reader, configured: the world outside.
        shares: the inlets.
        admission: where messages go from there.
        settling: takes records that are no messages.
        obeying: does what commands say.
        delays: seconds that a topic delays its messages; the others delay none.
        draining: has inlets of its own, of parked messages.
        congested: whether so much is unacknowledged that nothing new should be begun.
    """

    def __init__(
        self,
        *,
        loop: Loop,
        reader: Reader,
        configured: Configured,
        shares: Shares,
        admission: Admission,
        settling: Settling,
        obeying: Obeying,
        delays: Mapping[str, float],
        draining: Draining,
        congested: Callable[[], bool],
    ) -> None:
        self._loop, self._reader, self._configured = loop, reader, configured
        self._shares, self._admission, self._settling, self._obeying = shares, admission, settling, obeying
        self._delays, self._draining, self._congested = delays, draining, congested
        draining.look = self.look
        self._ready: dict[Inlet[Item], None] = {}  # to be looked at in the next round, in order
        self._timers: dict[Inlet[Item], tuple[int, Timer]] = {}  # when each rings, ms
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
        self._draining.go_on(inlet)

    def _must_wait(self, inlet: Inlet[Item], head: Held[Item]) -> bool:
        """Whether the head has to wait, having seen to it that it is looked at again."""
        item = head.item
        if isinstance(item, Arrived):
            now = now_ms()
            if item.delivery.due > now and (leaves := self._leaves_at(inlet, item)) > now:
                return self._wait_until(inlet, leaves)
            if not self._configured.reached(item.delivery.config_offset):
                return self._wait_for_configuration(inlet, item.delivery)
        drained = isinstance(item, Arrived) and item.parked_at is not None
        room = (
            not isinstance(item, Arrived)
            or item.parked_at is None
            or self._admission.takes(inlet.partition, item, head.offset)
        )
        if not inlet.takes_up or not room or self._congested():
            self._ready[inlet] = None
            return True
        until = self._draining.waits_until(inlet, head) if drained else None
        return until is not None and self._wait_until(inlet, until)

    def _leaves_at(self, inlet: Inlet[Item], item: Arrived) -> int:
        if not self._admission.later.has_room:
            return item.delivery.due
        return leaves_at(item.delivery.due, item.written_at, self._delays.get(inlet.topic, 0))

    def _wait_until(self, inlet: Inlet[Item], due: int) -> bool:
        if own := self._shares.find(inlet.partition):
            own.untouched(inlet.topic)
        rings, timer = self._timers.get(inlet, (None, None))
        if rings is None or due < rings:  # a site that was away, an hour, may be back: then its rate says when
            if timer is not None:
                timer.cancel()
            self._timers[inlet] = due, self._loop.after((due - now_ms()) / 1000, lambda: self._look_again(inlet))
        return True

    def _look_again(self, inlet: Inlet[Item]) -> None:
        self._timers.pop(inlet, None)
        self.look(inlet)

    def look(self, inlet: Inlet[Item]) -> None:
        """Look at this inlet in the next round."""
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
            inlet.replace_head(config_unknown(inlet, head.offset, head.item.delivery))
        self._ready[inlet] = None

    def _take_up(self, inlet: Inlet[Item], head: Held[Item]) -> None:
        source, item = self._shares.open(inlet), head.item
        self._draining.opened(source)
        if isinstance(item, Rejected):
            self._settling.reject(source, item)
            return
        if item.command is None:
            self._admission.begin(source, item, head.size)
            return

        def obeyed(*, sent: bool) -> None:
            if sent and inlet.live:
                self._admission.begin(source, item, head.size)
            else:
                self._shares.close(source)

        self._obeying.obey(item.command, item, inlet.partition, obeyed)

    def lost(self, inlets: Sequence[Inlet[Item]]) -> None:
        """These partitions are no longer ours."""
        for inlet in inlets:
            self._ready.pop(inlet, None)
            self._asked.discard(inlet)
            if known := self._timers.pop(inlet, None):
                known[1].cancel()
