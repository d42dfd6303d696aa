"""Admission: where a message goes that has left its inlet. Into its lane, on waiting, or nowhere, since it was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.records import Delivery
from streams.agents.deliver.later import Later
from streams.agents.deliver.obeying import Obeying
from streams.agents.deliver.ordering import Ordering, give_back
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Source, Work
from streams.core.lanes import Lanes
from streams.core.proof import step_key
from streams.core.retrying import departure
from streams.core.sending import Sites, SiteView
from streams.edges.clock import now_ms
from streams.edges.loop import Loop

__all__ = ["BEHIND_OLDER", "Admission"]

LANE_FULL = "lane_full"
SITE_INACTIVE = "site_inactive"
BEHIND_OLDER = "behind_older"


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
        ordering: holds back what must not overtake.
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
        ordering: Ordering,
    ) -> None:
        self._sites, self._ordering = sites, ordering
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
        done = self._shares.covers(number, key, delivery, aside=item.command is None and item.parked_at is None)
        if done or self._shares.overtaken(number, key, item.written_at):
            self._ordering.pass_over(source, item, key, handled=self._shares.handled(number, key))
            self._shares.close(source)
            return
        work = Work(
            delivery,
            key,
            item.lane,
            number,
            [source],
            size,
            parked_at=item.parked_at,
            cause=item.cause,
            postponed_since=delivery.postponed_since,
            position=self._position(source, delivery),
        )
        self._settling.begin(work)
        self._ordering.take_up(work)
        self._admit(work)

    def _position(self, source: Source, delivery: Delivery) -> int:
        """Where the delivery lies in `deliveries`: known to its followers, and to a resend."""
        if delivery.origin_offset >= 0:
            return delivery.origin_offset
        return source.offset if source.inlet.topic == self._deliveries else 0

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
        elif self.is_sent(work) and self._ordering.goes_behind(work):
            self.park_behind(work)
        elif self._finds_no_room(work) or self._goes_behind(work):
            self._settling.park(work, SITE_INACTIVE if self._is_away(work) else LANE_FULL)
        elif self._is_away(work) and self._lanes.is_empty(work.lane):
            self._settling.park(work, SITE_INACTIVE)  # in its lane it might be overtaken by what is parked at once
        else:
            self._lanes.add(work.lane, work, work.size)

    def park_behind(self, work: Work) -> None:
        """An older one of its succession is parked."""
        self._settling.park(work, work.cause or BEHIND_OLDER, work.parked_at)

    def is_sent(self, work: Work) -> bool:
        """Whether it is sent when its turn comes, as things are: its site is active."""
        site = self._sites.find(work.lane.account, work.lane.site_id)
        return site is not None and site.active

    def _finds_no_room(self, work: Work) -> bool:
        needs = self._ordering.needs_room(work.partition, work.delivery, work.position)
        return needs and not self._lanes.has_room(work.lane)

    def _is_away(self, work: Work) -> bool:
        """Whether it would be parked when its turn comes."""
        site = self._sites.find(work.lane.account, work.lane.site_id)
        return site is not None and not site.active and not site.archived and work.parked_at is None

    def _goes_behind(self, work: Work) -> bool:
        """Whether older messages of its lane are parked; only a new message is younger than those."""
        new = work.sources[0].inlet.topic == self._deliveries
        return new and self._parked(work.partition, work.lane.site_id)

    def takes(self, number: int, item: Arrived, offset: int) -> bool:
        """Whether the lane of a parked message takes it; or it needs no room, since it goes first, or back."""
        if self._lanes.has_room(item.lane):
            return True
        at = item.delivery.origin_offset
        return not self._ordering.needs_room(number, item.delivery, at) or self._ordering.turns_back(
            number, item, offset
        )

    def postpone(self, work: Work, site: SiteView, due: int) -> None:
        """It was about to be sent, and is put off until `due` (ms) without spending an attempt."""
        give_back(work)
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
        return [*self._ordering.drop(unwanted), *self._lanes.drop(unwanted), *self.later.drop(unwanted)]
