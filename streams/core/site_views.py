"""Sites as the courier needs them: each revision taken apart once, its secrets in clear, never shown.

What a revision says that cannot be done here (a secret that cannot be read, no proxy) is its `problem`: an attempt for
it fails and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.definitions.forms import State
from schemas.definitions.secret_lists import expiries
from schemas.definitions.secrets import unseal
from schemas.durations import parse_duration
from schemas.errors import FieldInvalid, SecretUnreadable
from schemas.identity import lane_share
from schemas.records import EntityKind
from streams.core.configuration import Configuration, Entity
from streams.core.lanes import Caps, LaneName
from streams.core.signing import OutgoingRequest, signed

__all__ = ["SiteView", "Sites"]

MOST_KEPT = 50_000
NO_PROXY = "it goes through a proxy with a static IP, and HOOKLINE_STATIC_IP_PROXY is not set for this courier"
UNKNOWN = "its authentication is not of a form that this version knows"
TRIAL = OutgoingRequest(
    "POST", "https://site.example/", (("Content-Type", "x"), ("webhook-id", "x"), ("webhook-timestamp", "0")), b""
)


@dataclass(frozen=True, slots=True)
class SiteView:
    """One revision of a site, ready for use; times in seconds. `authentication` has its secrets in clear.

    `expiries` has until when each of its list of secrets is valid, in milliseconds; it is empty where none ends.
    """

    entity: Entity
    name: str
    url: str
    active: bool
    archived: bool
    timeout: float
    parallel: int
    retry_delays: tuple[float, ...]
    proxied: bool
    authentication: Mapping[str, Any] = field(repr=False)
    expiries: tuple[int | None, ...]
    problem: str  # why no message of it can be sent; "" where nothing is wrong

    def authentication_at(self, now: int) -> Mapping[str, Any]:
        """The authentication with the secrets that are valid at `now`, in milliseconds.

        Raises:
            FieldInvalid: there is none left.
        """
        if not self.expiries:
            return self.authentication
        ends = zip(self.authentication["secrets"], self.expiries, strict=True)
        valid = [secret for secret, end in ends if end is None or now < end]
        if not valid:
            raise FieldInvalid("authentication.secrets", "every secret has expired")
        return {**self.authentication, "secrets": valid}


class Sites:
    """The sites as `configuration` has them now.

    Args:
        configuration: followed live.
        partitions: of `deliveries`.
        open_sealed: gives the text of a sealed secret.
        static_ip: whether there is a proxy for the sites that want it.
    """

    def __init__(
        self, configuration: Configuration, partitions: int, open_sealed: Callable[[str], str], *, static_ip: bool
    ) -> None:
        self._configuration = configuration
        self._partitions = partitions
        self._open = open_sealed
        self._static_ip = static_ip
        self._offset = -2  # of the configuration that the two below were taken from
        self._views: dict[tuple[str, str], SiteView | None] = {}
        self._caps: dict[LaneName, Caps] = {}
        self._compiled: dict[tuple[str, str], SiteView] = {}  # the last revision that was asked for

    def find(self, account: str, site_id: str) -> SiteView | None:
        """A site that exists, archived ones too."""
        if self._offset != self._configuration.offset:
            self._refresh()
        try:
            return self._views[account, site_id]
        except KeyError:
            self._bound()
            state = self._configuration.account(account)
            entity = state.of(EntityKind.SITE).get(site_id) if state else None
            view = self._views[account, site_id] = self._compile(entity) if entity else None
            return view

    def caps(self, lane: LaneName) -> Caps:
        """How many requests a lane and its site may have in flight; a site that is gone needs none."""
        if self._offset != self._configuration.offset:
            self._refresh()
        found = self._caps.get(lane)
        if found is None:
            self._bound()
            site = self.find(lane.account, lane.site_id)
            parallel = site.parallel if site else 1
            found = self._caps[lane] = Caps(lane_share(lane.slot, parallel, self._partitions), parallel)
        return found

    def _compile(self, entity: Entity) -> SiteView:
        name = entity.account, entity.id
        view = self._compiled.get(name)
        if view is None or view.entity is not entity:
            view = self._compiled[name] = view_of(entity, self._open, static_ip=self._static_ip)
        return view

    def _refresh(self) -> None:
        """Forget what an older configuration said."""
        self._offset = self._configuration.offset
        self._views, self._caps = {}, {}

    def _bound(self) -> None:
        """Forget, now and then, what nobody asks for any more."""
        many = len(self._caps) > MOST_KEPT or len(self._views) > MOST_KEPT
        if many or len(self._compiled) > MOST_KEPT:
            self._compiled = {}
        if many:
            self._views, self._caps = {}, {}


def view_of(entity: Entity, open_sealed: Callable[[str], str], *, static_ip: bool) -> SiteView:
    body: dict[str, Any] = entity.body or {}
    proxied = body.get("proxy") == "static_ip"
    authentication, ends, problem = authentication_of(body, open_sealed)
    return SiteView(
        entity=entity,
        name=body["name"],
        url=body["url"],
        active=entity.state == State.ACTIVE.value,
        archived=entity.state == State.ARCHIVED.value,
        timeout=body.get("timeout_seconds", 1),
        parallel=body.get("parallel", 1),
        retry_delays=tuple(parse_duration(text) for text in body.get("retry_delays", ())),
        proxied=proxied,
        authentication=authentication,
        expiries=ends,
        problem=problem or (NO_PROXY if proxied and not static_ip else ""),
    )


def authentication_of(
    body: dict[str, Any], open_sealed: Callable[[str], str]
) -> tuple[Mapping[str, Any], tuple[int | None, ...], str]:
    """A site's authentication in clear, tried once, and the ends of its secrets; or why there is none."""
    try:
        stored = body.get("authentication", {"type": "none"})
        found = unseal({"authentication": stored}, open_sealed)["authentication"]
        signed(found, TRIAL, 0, "x")
        ends = expiries(stored.get("secrets"))
    except (SecretUnreadable, FieldInvalid) as error:
        return {}, (), str(error)
    except (KeyError, TypeError, ValueError, AttributeError):  # written by another version, or not by Hookline
        return {}, (), UNKNOWN
    return found, ends if any(end is not None for end in ends) else (), ""
