"""What is done with a message whose turn has come, given its site as it is now: send it, park it or end it.

URL, timeout and schedule are the site's of now; body and content type are those the message was made with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.definitions.forms import State
from schemas.durations import parse_duration
from schemas.errors import FieldInvalid
from schemas.identity import lane_share
from schemas.records import AttemptError, Delivery, EntityKind
from streams.core.answer import Fault, Request
from streams.core.configuration import Configuration, Entity
from streams.core.destination import destination
from streams.core.lanes import Caps, LaneName

__all__ = ["End", "Fail", "Park", "Send", "SiteView", "Sites", "step_for"]

MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class SiteView:
    """One revision of a site, ready for use; times in seconds."""

    entity: Entity
    name: str
    url: str
    active: bool
    archived: bool
    timeout: float
    parallel: int
    retry_delays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """Make this request."""

    site: SiteView
    request: Request


@dataclass(frozen=True, slots=True)
class Fail:
    """An attempt fails before a request can be made."""

    site: SiteView
    fault: Fault


@dataclass(frozen=True, slots=True)
class Park:
    """Put it aside without spending an attempt."""

    cause: str


@dataclass(frozen=True, slots=True)
class End:
    """End the chain without a request."""

    site: SiteView | None
    fault: Fault


def step_for(site: SiteView | None, delivery: Delivery, now: int, user_agent: str) -> Send | Fail | Park | End:
    """Decide; `now` in milliseconds."""
    if site is None:
        return End(None, Fault(AttemptError.ARCHIVED, "the site does not exist"))
    if site.archived:
        return End(site, Fault(AttemptError.ARCHIVED, "the site was archived"))
    if not site.active:
        return Park("site_inactive")
    if delivery.problem:
        return Fail(site, Fault(AttemptError.CONFIGURATION, delivery.problem))
    try:
        return Send(site, request_of(site, delivery, now, user_agent))
    except FieldInvalid as error:
        return Fail(site, Fault(AttemptError.CONFIGURATION, str(error)))


def request_of(site: SiteView, delivery: Delivery, now: int, user_agent: str) -> Request:
    headers = [
        ["Content-Type", delivery.content_type],
        ["User-Agent", user_agent],
        ["Accept", "*/*"],
        ["webhook-id", delivery.delivery_id],
        ["webhook-timestamp", str(now // 1000)],
    ]
    for name, value in headers:
        if not value.isascii() or not value.isprintable():
            raise FieldInvalid(name, "a header has printable ASCII characters only")
    return Request(
        method="POST",
        destination=destination(site.url, delivery.path),
        headers=headers,
        body=delivery.body,
        timeout=site.timeout,
        turn=delivery.step - 1,
    )


def view_of(entity: Entity) -> SiteView:
    body: dict[str, Any] = entity.body or {}
    return SiteView(
        entity=entity,
        name=body["name"],
        url=body["url"],
        active=entity.state == State.ACTIVE.value,
        archived=entity.state == State.ARCHIVED.value,
        timeout=body.get("timeout_seconds", 1),
        parallel=body.get("parallel", 1),
        retry_delays=tuple(parse_duration(text) for text in body.get("retry_delays", ())),
    )


class Sites:
    """The sites as `configuration` has them now, each taken apart once after a change."""

    def __init__(self, configuration: Configuration, partitions: int) -> None:
        self._configuration = configuration
        self._partitions = partitions
        self._offset = -2  # of the configuration that the two below were taken from
        self._views: dict[tuple[str, str], SiteView | None] = {}
        self._caps: dict[LaneName, Caps] = {}

    def find(self, account: str, site_id: str) -> SiteView | None:
        """A site that exists, archived ones too."""
        self._refresh()
        try:
            return self._views[account, site_id]
        except KeyError:
            state = self._configuration.account(account)
            entity = state.of(EntityKind.SITE).get(site_id) if state else None
            view = self._views[account, site_id] = view_of(entity) if entity else None
            return view

    def caps(self, lane: LaneName) -> Caps:
        """How many requests a lane and its site may have in flight; a site that is gone needs none."""
        self._refresh()
        found = self._caps.get(lane)
        if found is None:
            site = self.find(lane.account, lane.site_id)
            parallel = site.parallel if site else 1
            found = self._caps[lane] = Caps(lane_share(lane.slot, parallel, self._partitions), parallel)
        return found

    def _refresh(self) -> None:
        """Forget what an older configuration said, and, now and then, what nobody asks for any more."""
        if self._offset != self._configuration.offset or len(self._caps) > MOST_KEPT or len(self._views) > MOST_KEPT:
            self._offset = self._configuration.offset
            self._views, self._caps = {}, {}
