"""Breakers: one a site, in this courier. They hold messages back, let probes through one at a time, and say so.

Transitions go to `operations`. A site that was changed begins anew: what was wrong may have been put right.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import structlog

from schemas.codec import encode
from schemas.records import Operation, OperationKind
from streams.agents.deliver.rejecting import Writer
from streams.core.answer import Answer
from streams.core.breaking import Breaker, BreakerState
from streams.core.lanes import Caps, LaneName
from streams.core.sending import SiteView
from streams.edges.metrics import BREAKER

__all__ = ["Breakers"]

log = structlog.get_logger("courier")
MOST = 10_000
SiteName = tuple[str, str]


class Breakers:
    """Those of every site that has failed lately.

    Args:
        writer, topic: where transitions go.
        member: the name of this courier.
        caps: of a lane whose breaker is closed.
        on_closed: what waited may go on.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        topic: str,
        member: str,
        caps: Callable[[LaneName], Caps],
        on_closed: Callable[[], None],
    ) -> None:
        self._writer, self._topic, self._member, self._caps, self._on_closed = writer, topic, member, caps, on_closed
        self._breakers: dict[SiteName, tuple[int, Breaker]] = {}

    def caps(self, lane: LaneName) -> Caps:
        """How many requests a lane and its site may have in flight now: one, while it is probed."""
        known = self._breakers.get(lane.site) if self._breakers else None
        return Caps(1, 1) if known and known[1].state is BreakerState.PROBING else self._caps(lane)

    def held_until(self, site: SiteName, now: int) -> int | None:
        """When the messages of a site may be tried that must not be sent now (ms); None: they may be sent."""
        known = self._breakers.get(site)
        return known[1].held_until(now) if known else None

    def tries(self, site: SiteView, now: int) -> int | None:
        """The same for a message about to be sent, which may be the probe."""
        name = (site.entity.account, site.entity.id)
        known = self._breakers.get(name) if self._breakers else None
        if known is None:
            return None
        revision, breaker = known
        if revision != site.entity.revision:
            del self._breakers[name]
            if breaker.state is not BreakerState.CLOSED:
                self._say(site, Breaker(), now)
            return None
        if (until := breaker.held_until(now)) is None:
            breaker.tries()
        return until

    def answered(self, site: SiteView, delivery_id: str, answer: Answer, now: int) -> None:
        """An attempt has ended."""
        name = (site.entity.account, site.entity.id)
        known = self._breakers.get(name)
        if known is None or known[0] != site.entity.revision:
            if answer.succeeded or (known is not None and known[0] > site.entity.revision):
                return
            self._forget_idle()
            known = self._breakers[name] = (site.entity.revision, Breaker())
        breaker = known[1]
        began = answer.began_at
        if breaker.answered(delivery_id, succeeded=answer.succeeded, began_at=began, now=now):
            self._say(site, breaker, now)
            if breaker.state is BreakerState.CLOSED:
                self._on_closed()

    def _forget_idle(self) -> None:
        if len(self._breakers) >= MOST:
            self._breakers = {name: each for name, each in self._breakers.items() if not each[1].idle}

    def _say(self, site: SiteView, breaker: Breaker, now: int) -> None:
        entity = site.entity
        probe_at = breaker.probe_at if breaker.state is BreakerState.OPEN else None
        body = {
            "site_id": entity.id,
            "site_name": site.name,
            "state": breaker.state.value,
            "reason": breaker.reason,
            "probe_at": probe_at,
            "courier": self._member,
        }
        log.warning("breaker", account=entity.account, **body)
        if breaker.state is BreakerState.CLOSED:
            BREAKER.remove(entity.account, entity.id)
        else:
            BREAKER.labels(entity.account, entity.id).set(1 if breaker.state is BreakerState.OPEN else 0.5)
        operation = Operation(
            id=f"brk_{entity.id}.{self._member}",
            kind=OperationKind.BREAKER,
            account=entity.account,
            at=now,
            author="courier",
            body=json.dumps(body),
        )
        self._writer.write(self._topic, 0, entity.account.encode(), encode(operation), lambda _: None)
