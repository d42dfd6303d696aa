"""Draining: parked messages go on when their site or lane can take them; who may, when and how fast.

A drain starts when its site is active (or gone: then what waits fails), goes on while its lane has room, and no faster
than the rate where the site was away. What comes meanwhile goes behind what is parked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from confluent_kafka import Message

from schemas.codec import encode
from schemas.identity import lane_key
from schemas.records import DrainProgress
from streams.agents.deliver.drain import Drain
from streams.agents.deliver.ordering import Ordering
from streams.agents.deliver.rejecting import Writer
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Item, Source, Work
from streams.core.backlog import Backlog
from streams.core.inlet import Held, Inlet
from streams.core.rate import Rate
from streams.core.sending import Sites
from streams.edges.clock import now_ms
from streams.edges.loop import Loop
from streams.edges.parked_reader import Piece

__all__ = ["Draining", "PieceReader"]

PROGRESS = 1.0  # seconds between two records of progress of one drain
LOOK = 3_600_000  # ms between two looks for what has expired
SITE_INACTIVE = "site_inactive"


class PieceReader(Protocol):
    """Whoever reads pieces of `parked`."""

    def read(self, piece: Piece) -> None: ...


class Draining:
    """Every drain of ours.

    Args:
        loop: has the timer of progress.
        reader, writer: the log.
        shares: whose windows of proof are held.
        sites: as they are now.
        topic: of parked messages.
        rate: messages a second of one site that was away.
        expiry: seconds after which a parked message fails.
        held_until: when a site's breaker lets messages through again (ms); None: it does.
        ordering: knows which of them are parked out of their order.
    """

    def __init__(
        self,
        *,
        loop: Loop,
        reader: PieceReader,
        writer: Writer,
        shares: Shares,
        sites: Sites,
        topic: str,
        rate: float,
        expiry: float,
        held_until: Callable[[tuple[str, str], int], int | None],
        ordering: Ordering,
    ) -> None:
        self._ordering = ordering
        self._loop, self._reader, self._writer, self._shares, self._sites = loop, reader, writer, shares, sites
        self._topic, self._rate, self._expiry, self._held_until = topic, rate, round(expiry * 1000), held_until
        self._drains: dict[tuple[int, str], Drain] = {}
        self._of: dict[Inlet[Item], Drain] = {}
        self._rates: dict[tuple[str, str], Rate] = {}
        self.look: Callable[[Inlet[Item]], None] = lambda _: None
        shares.backlog = self.first
        self._progress_later()

    def first(self, number: int) -> int | None:
        """Where the first message of a partition lies that waits, or is not known to have ended."""
        mine = (drain for drain in self._drains.values() if drain.partition == number)
        return min((drain.known for drain in mine if drain.known < drain.end), default=None)

    def assigned(self, number: int, backlogs: Iterable[Backlog]) -> None:
        """A partition has become ours, and this waits there."""
        for backlog in backlogs:
            self._go_on(self._add(number, backlog))

    def close(self, numbers: frozenset[int]) -> None:
        """Take up nothing more of these."""
        for drain in self._drains.values():
            if drain.partition in numbers:
                drain.inlet.close()

    def lose(self, numbers: frozenset[int]) -> list[Inlet[Item]]:
        """They are ours no longer; answers their inlets."""
        lost = [drain for drain in self._drains.values() if drain.partition in numbers]
        for drain in lost:
            drain.inlet.lose()
            self._remove(drain)
        return [drain.inlet for drain in lost]

    def waits(self, partition: int, site_id: str) -> bool:
        """Whether messages of a site are parked there, so that new ones go behind them."""
        drain = self._drains.get((partition, site_id))
        return drain is not None and drain.waits

    def parking(self, work: Work) -> None:
        """A message is being parked."""
        name = (work.partition, work.delivery.site_id)
        if name not in self._drains and self._shares.find(work.partition):
            # Where it will lie is not known yet; before that, nothing of the site waits.
            self._add(work.partition, Backlog(work.lane.account, work.lane.site_id, 0, -1, now_ms()))
        if drain := self._drains.get(name):
            drain.writing += 1

    def parked(self, work: Work, offset: int | None) -> None:
        """It is there; None: Kafka refused it."""
        drain = self._drains.get((work.partition, work.delivery.site_id))
        if drain is None:
            return
        drain.writing = max(0, drain.writing - 1)
        if offset is not None:
            drain.parked(offset, now_ms())
        self._go_on(drain)

    def opened(self, source: Source) -> None:
        """A message was taken up."""
        if (drain := self._of.get(source.inlet)) is not None:
            drain.opened(source)

    def waits_until(self, inlet: Inlet[Item], head: Held[Item]) -> int | None:
        """Until when the head of a drain has to wait (ms); None: it goes on now."""
        drain, now, item = self._of[inlet], now_ms(), head.item
        if not isinstance(item, Arrived):
            return None
        if not self._may_run(drain, item.parked_at or 0, now):
            drain.since = item.parked_at or 0
            drain.give_back()
            return min(now + LOOK, drain.since + self._expiry)
        if self._ordering.turns_back(drain.partition, item, head.offset):
            return None  # it is not sent now: it goes behind an older one that is parked further on
        return self._slowed(drain, item, now)

    def _slowed(self, drain: Drain, item: Arrived, now: int) -> int | None:
        site = (drain.account, drain.site_id)
        if (held := self._held_until(site, now)) is not None:
            return held
        if item.cause != SITE_INACTIVE:
            return None
        rate = self._rates.setdefault(site, Rate(self._rate))
        if rate.free_at > now:
            return rate.free_at
        rate.take(now)
        return None

    def _may_run(self, drain: Drain, since: int, now: int) -> bool:
        """Whether the site takes messages, or they end: it is gone, or they have waited too long."""
        site = self._sites.find(drain.account, drain.site_id)
        return site is None or site.archived or site.active or since + self._expiry <= now

    def refresh(self) -> None:
        """The configuration has changed."""
        for drain in list(self._drains.values()):
            self._go_on(drain)

    def go_on(self, inlet: Inlet[Item]) -> None:
        """An inlet was looked at: read on where all that was read has been taken up."""
        if (drain := self._of.get(inlet)) is not None and inlet.head is None:
            self._go_on(drain)

    def _go_on(self, drain: Drain) -> None:
        if drain.inlet.closed or not self._may_run(drain, drain.since, now_ms()):
            return
        if drain.inlet.head is not None:
            self.look(drain.inlet)
        elif not drain.reading and drain.next < drain.end:
            drain.reading, end = True, drain.end
            self._reader.read(Piece(drain.partition, drain.next, end, lambda found: self._read(drain, end, found)))

    def _read(self, drain: Drain, end: int, found: Sequence[Message]) -> None:
        drain.reading = False
        if drain.inlet.closed:
            return
        drain.take([(message.offset() or 0, message.value(), message.timestamp()[1]) for message in found], end)
        self.look(drain.inlet)

    def _progress_later(self) -> None:
        self._loop.after(PROGRESS, self._progress)

    def _progress(self) -> None:
        now = now_ms()
        for drain in list(self._drains.values()):
            if not drain.inlet.closed and drain.up_to > drain.said:
                self._say(drain, drain.up_to, now)
            if drain.over:
                self._remove(drain)
            elif drain.since + self._expiry <= now:
                self._go_on(drain)
        self._progress_later()

    def _say(self, drain: Drain, up_to: int, now: int) -> None:
        drain.said = up_to
        record = DrainProgress(site_id=drain.site_id, partition=drain.partition, up_to_offset=up_to, at=now)

        def written(offset: int | None) -> None:
            if offset is not None:
                self._shares.written(self._topic, drain.partition, offset)
                drain.acknowledged(up_to)

        key = lane_key(drain.site_id, 0).encode()
        self._writer.write(self._topic, drain.partition, key, encode(record), written)

    def _add(self, number: int, backlog: Backlog) -> Drain:
        drain = Drain(self._topic, number, backlog)
        self._drains[number, backlog.site_id] = self._of[drain.inlet] = drain
        return drain

    def _remove(self, drain: Drain) -> None:
        if self._drains.get((drain.partition, drain.site_id)) is drain:
            del self._drains[drain.partition, drain.site_id]
        self._of.pop(drain.inlet, None)
