"""What a definition says of other things: does the site exist, is there such an action, is the delay a tier.

Checked at the door only: an upgrade must not re-decide what the log has taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from schemas.durations import format_duration, parse_duration
from schemas.errors import FieldError
from schemas.events import action_problem
from schemas.records import EntityKind
from streams.edges.guard import Guard
from streams.edges.resolver import literal_addresses

__all__ = ["Checks"]

RESENDS = 5  # manual 001, 'Failed'
PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Checks:
    """`tiers` are the delays that there are, in seconds; `guard` judges addresses; `static_ip`: is there a proxy?"""

    tiers: frozenset[float]
    guard: Guard
    static_ip: bool = False

    def completed(self, kind: EntityKind, sent: dict[str, Any]) -> dict[str, Any]:
        """What was sent, with the defaults that depend on settings: five resends, each after the smallest delay."""
        if kind is not EntityKind.SITE or sent.get("retry_delays") is not None:
            return sent
        return {**sent, "retry_delays": [format_duration(min(self.tiers))] * RESENDS}

    def problems(
        self, kind: EntityKind, body: Mapping[str, Any], sites: Mapping[str, str], actions: Mapping[str, Any]
    ) -> Iterator[FieldError]:
        """What is wrong with one definition; `sites`: id -> state, `actions`: the account's own."""
        if kind is EntityKind.INCOMING_WEBHOOK:
            if problem := action_problem(body["action"], actions, from_outside=True):
                yield FieldError("action", problem)
        elif kind is EntityKind.SITE:
            yield from self._site(body)
        elif kind is EntityKind.SUBSCRIPTION:
            yield from subscription_problems(body, sites, actions)

    def _site(self, body: Mapping[str, Any]) -> Iterator[FieldError]:
        for index, delay in enumerate(body["retry_delays"]):
            if parse_duration(delay) not in self.tiers:
                known = ", ".join(format_duration(tier) for tier in sorted(self.tiers))
                yield FieldError(f"retry_delays.{index}", f"{delay} is no delay here; there are {known}")
        if problem := self._address_problem(body["url"]):
            yield FieldError("url", problem)
        if body["proxy"] == "static_ip" and not self.static_ip:
            yield FieldError("proxy", "no proxy with a static IP is set up here; see HOOKLINE_STATIC_IP_PROXY")

    def _address_problem(self, url: str) -> str | None:
        """Why an address that the URL itself says is forbidden; other names are judged when a message goes out."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        addresses = literal_addresses(host) or (LOOPBACK if is_localhost(host) else ())
        if not addresses or any(self.guard.permits(ip, parts.port or PORTS[parts.scheme]) for ip in addresses):
            return None
        said = host if host in addresses else f"{host} is {' or '.join(addresses)}; that"
        return f"{said} is not a public address; an operator can allow it with HOOKLINE_ALLOWED_NETWORKS"


def is_localhost(host: str) -> bool:
    """Names that mean this machine wherever they are looked up (RFC 6761, 6.3)."""
    name = host.removesuffix(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def subscription_problems(
    body: Mapping[str, Any], sites: Mapping[str, str], actions: Mapping[str, Any]
) -> Iterator[FieldError]:
    state = sites.get(body["site_id"])
    if state is None or (state == "archived" and body["active"]):
        found = "there is no such site" if state is None else "this site is archived"
        yield FieldError("site_id", found)
    for index, action in enumerate(body["actions"]):
        if action != "*" and (problem := action_problem(action, actions)):
            yield FieldError(f"actions.{index}", problem)
