"""What is worth a notice, and what it says: pure.

Each names what it is about and when, and says the same however often it is said: so saying it twice is once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.definitions.forms import State
from schemas.identity import derived
from schemas.records import CustomerEvent, EntityKind, Operation, SourceType
from schemas.times import iso
from streams.core.configuration import Configuration, Entity

__all__ = ["ACTIONS", "Notice", "breaker_notice", "disabled_sites", "event_of_notice", "failure_notices", "lag_notices"]

DISABLED, BREAKER, FAILURES, LAG = "site_disabled", "site_breaker", "messages_failed", "role_behind"
ACTIONS = (DISABLED, BREAKER, FAILURES, LAG)
PERIOD = 600_000  # ms: of what is counted, a notice in ten minutes says enough


@dataclass(frozen=True, slots=True)
class Notice:
    """`about` and `at` (ms) make its id; `subject` is the account that it concerns, or the role."""

    action: str
    about: str
    at: int
    subject: str
    data: Mapping[str, Any]


def event_of_notice(notice: Notice, account: str, config_offset: int) -> CustomerEvent:
    """A notice as an event of `account`."""
    return CustomerEvent(
        id=derived("evt", "notice", notice.action, notice.about, str(notice.at)),
        account=account,
        customer=notice.subject,
        action=notice.action,
        timestamp=notice.at,
        data=json.dumps(dict(notice.data), ensure_ascii=False),
        source=SourceType.API,
        request_id=None,
        definition_id=None,
        definition_revision=None,
        config_offset=config_offset,
    )


def disabled_sites(configuration: Configuration, since: int) -> Iterator[Notice]:
    """Sites that were made inactive after `since` (ms), by whomever: a courier that was answered 410, or a person."""
    for state in configuration.accounts.values():
        for site in state.of(EntityKind.SITE).values():
            if site.state == State.INACTIVE.value and site.at >= since and was_active(configuration, site):
                data = {**site_named(site), "by": site.author, "at": iso(site.at)}
                yield Notice(DISABLED, f"{site.account}/{site.id}/{site.revision}", site.at, site.account, data)


def was_active(configuration: Configuration, site: Entity) -> bool:
    before = configuration.revision(site.account, EntityKind.SITE, site.id, site.revision - 1)
    return before is not None and before.state == State.ACTIVE.value


def site_named(site: Entity) -> dict[str, Any]:
    return {"account": site.account, "site_id": site.id, "site_name": (site.body or {}).get("name")}


def breaker_notice(operation: Operation) -> Notice | None:
    """A breaker that opened or closed; not that it probes."""
    body = json.loads(operation.body)
    if not isinstance(body, dict) or body.get("state") not in ("open", "closed"):
        return None
    told = {name: body.get(name) for name in ("site_id", "site_name", "state", "reason", "courier")}
    data = {"account": operation.account, **told, "at": iso(operation.at)}
    return Notice(BREAKER, operation.id, operation.at, operation.account, data)


def failure_notices(
    failed: Mapping[tuple[str, str], int], names: Mapping[str, Any], least: int, now: int
) -> Iterator[Notice]:
    """Sites, by (account, id), with at least so many messages that failed for good within the last ten minutes."""
    at = now // PERIOD * PERIOD
    for (account, site), count in sorted(failed.items()):
        if count >= least:
            data = {"account": account, "site_id": site, "site_name": names.get(site), "at_least": least, "minutes": 10}
            yield Notice(FAILURES, f"{account}/{site}", at, account, data)


def lag_notices(lags: Mapping[str, Collection[int]], least: int, now: int) -> Iterator[Notice]:
    """Roles that were at least so many records behind at the last two looks; a notice in ten minutes."""
    at = now // PERIOD * PERIOD
    for role, seen in sorted(lags.items()):
        if len(seen) > 1 and min(seen) >= least:
            yield Notice(LAG, role, at, role, {"role": role, "at_least": least, "at": iso(at)})
