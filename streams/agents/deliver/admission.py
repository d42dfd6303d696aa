"""Admission: where a message goes that has left its inlet. Into its lane, on waiting, or nowhere, since it was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streams.agents.deliver.later import Later
from streams.agents.deliver.obeying import Obeying
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Source, Work
from streams.core.lanes import LaneName, Lanes
from streams.core.proof import step_key
from streams.core.retrying import departure
from streams.core.sending import Sites, SiteView
from streams.edges.clock import now_ms
from streams.edges.loop import Loop

__all__ = ["Admission"]

LANE_FULL = "lane_full"
SITE_INACTIVE = "site_inactive"


class Admission:
    """Admits messages.

    Args:
        loop: has the timers of what is due soon.
        shares: whose partitions they are, and what was done.
        lanes: where messages wait for their turn.
        settling: puts messages aside, and knows those under way.
        obeying: ends what people want no more.
        tiers: the delays that a message can go on waiting for in Kafka, seconds.
        deliveries: the topic of new messages.
        parked: whether messages of a site are parked in a partition.
        sites: as they are now.
    """

    def __init__(
        self,
        *,
        loop: Loop,
        shares: Shares,
        lanes: Lanes[Work],
        settling: Settling,
        obeying: Obeying,
        tiers: Sequence[float],
        deliveries: str,
        parked: Callable[[int, str], bool],
        sites: Sites,
    ) -> None:
        self._sites = sites
        self._shares, self._lanes, self._settling, self._obeying = shares, lanes, settling, obeying
        self._tiers, self._deliveries, self._parked = tiers, deliveries, parked
        self.later = Later(loop, self._queue)
        obeying.drop = self.drop

    def begin(self, source: Source, item: Arrived, size: int) -> None:
        """Take a message up, of `size` bytes."""
        delivery, key, number = item.delivery, step_key(item.delivery), source.inlet.partition
        if self._settling.join(key, source):
            if item.command is not None:
                self.later.hurry(key)
            return
        done = self._shares.covers(number, delivery, aside=item.command is None and item.parked_at is None)
        if done or self._shares.overtaken(number, key, item.written_at):
            self._shares.close(source)
            return
        since = delivery.postponed_since
        work = Work(delivery, key, item.lane, number, [source], size, item.parked_at, since)
        self._settling.begin(work)
        self._admit(work)

    def _admit(self, work: Work) -> None:
        due, now = work.delivery.due, now_ms()
        if due <= now:
            self._queue(work)
        elif (tier := departure(due, now, self._tiers)) is None:
            self.later.hold(work, due)
        else:
            self._settling.hop(work, tier)

    def _queue(self, work: Work) -> None:
        if error := self._shares.against(work.partition, work.delivery):
            self._obeying.stop(work, error)
        elif not self._lanes.has_room(work.lane) or self._goes_behind(work):
            self._settling.park(work, SITE_INACTIVE if self._is_away(work) else LANE_FULL)
        elif self._is_away(work) and self._lanes.is_empty(work.lane):
            self._settling.park(work, SITE_INACTIVE)  # in its lane it might be overtaken by what is parked at once
        else:
            self._lanes.add(work.lane, work, work.size)

    def _is_away(self, work: Work) -> bool:
        """Whether it would be parked when its turn comes."""
        site = self._sites.find(work.lane.account, work.lane.site_id)
        return site is not None and not site.active and not site.archived and work.parked_at is None

    def _goes_behind(self, work: Work) -> bool:
        """Whether older messages of its lane are parked; only a new message is younger than those."""
        new = work.sources[0].inlet.topic == self._deliveries
        return new and self._parked(work.partition, work.lane.site_id)

    def has_room(self, lane: LaneName) -> bool:
        """Whether a lane takes one more."""
        return self._lanes.has_room(lane)

    def postpone(self, work: Work, site: SiteView, due: int) -> None:
        """It was about to be sent, and is put off until `due` (ms) without spending an attempt."""
        now = now_ms()
        if work.postponed_since is None:
            work.postponed_since = now
        tier = departure(due, now, self._tiers)
        if tier is None and self.later.has_room:
            self._settling.note_postponed(work, site, due)
            self.later.hold(work, due)
        else:
            self._settling.postpone(work, site, due, tier or min(self._tiers))

    def drop(self, unwanted: Callable[[Work], bool]) -> list[Work]:
        """Take out what is unwanted and not in flight."""
        return [*self._lanes.drop(unwanted), *self.later.drop(unwanted)]
