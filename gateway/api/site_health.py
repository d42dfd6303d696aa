"""Fills in how sites do: what the store has counted, what couriers said of breakers, why a site is disabled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.api.times import Time
from projections.queries.breakers import breakers_of
from projections.queries.site_health import health_of
from schemas.definitions.forms import State
from schemas.records import EntityKind
from streams.core.configuration import Configuration, Entity

__all__ = ["SiteHealth", "SiteHealths"]

COURIER = "courier"  # who disables a site that is gone


class SiteHealth(BaseModel):
    """How a site does. Figures are of the last sixty minutes where they say so."""

    state: State
    success_rate_1h: Annotated[float | None, Field(description="0 to 1, of its attempts; null where there were none")]
    p95_ms: Annotated[float | None, Field(description="of the same hour")]
    consecutive_failures: Annotated[int, Field(description="the latest attempts, as far as all failed; at most 100")]
    queued: int
    oldest_queued_at: Time | None
    breaker: Annotated[
        Literal["closed", "open", "probing"], Field(description="the worst of all couriers: open sends nothing")
    ]
    next_probe_at: Annotated[Time | None, Field(description="when an open breaker lets a message try")]
    disabled_reason: Annotated[str | None, Field(description="where it is inactive")]


@dataclass(frozen=True, slots=True)
class SiteHealths:
    """Asks the store; `now` in milliseconds."""

    reader: Reader
    configuration: Configuration
    now: Callable[[], int]

    async def fill(self, account: str, sites: Sequence[dict[str, Any]]) -> None:
        """Set `health` of each of these sites, as they are shown; a store that is away leaves null."""
        ids, now = [site["id"] for site in sites], self.now()

        def ask(connection: Connection) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
            return health_of(connection, account, ids, now), breakers_of(connection, account)

        try:
            figures, breakers = await self.reader.read(ask)
        except Problem:
            return
        for site in sites:
            found = figures[site["id"]]
            breaker = breakers.get(site["id"], {"breaker": "closed", "next_probe_at": None})
            reason = self._disabled_reason(account, site["id"])
            site["health"] = {"state": site["state"], **found, **breaker, "disabled_reason": reason}

    def _disabled_reason(self, account: str, site_id: str) -> str | None:
        """Who made it inactive, as its revisions tell."""
        revisions = self.configuration.history.get((account, EntityKind.SITE, site_id), ())
        first: Entity | None = None
        for revision in reversed(revisions):
            if revision.state != State.INACTIVE.value:
                break
            first = revision
        if first is None:
            return None
        if first.author == COURIER:
            return "it answered 410: gone"
        return "not enabled yet" if first.revision == 1 else f"disabled by {first.author}"
