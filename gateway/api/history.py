"""What a definition would have made of logged requests: how many would pass, and which become another event.

Pure but for the requests, which come one by one: however many there are, few are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.api.times import iso
from gateway.incoming.reopening import concealed_in, event_then, reopened
from schemas.definitions.secrets import unseal
from schemas.json_text import dump
from schemas.records import CustomerEvent, EntityKind, IncomingRequest, Outcome
from streams.core.arriving import Arrived
from streams.core.configuration import Configuration, Entity
from streams.core.definitions import AccountView, Compiler, receiving_of
from streams.core.explaining import explain
from streams.core.receiving import receive
from streams.edges.keyring import Keyring

__all__ = ["History"]

MOST_SHOWN = 4 * 1024 * 1024  # characters of all events together
PASSED = frozenset({Outcome.ACCEPTED, Outcome.DUPLICATE})


@dataclass(slots=True)
class Found:
    """What has been found so far."""

    checked: int = 0
    skipped: int = 0
    passed_before: int = 0
    passed_after: int = 0
    changed: list[dict[str, Any]] = field(default_factory=list)
    room: int = MOST_SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Tries requests on one definition; `entity` has its secrets in clear."""

    view: AccountView
    entity: Entity
    compiler: Compiler
    configuration: Configuration
    keyring: Keyring

    def check(self, requests: Iterable[IncomingRequest]) -> dict[str, Any]:
        """The answer to 'what would it have made of these'."""
        receiving, found = receiving_of(self.entity, self.entity.body or {}), Found()
        for request in requests:
            if request.body_truncated:
                found.skipped += 1
                continue
            arrived = reopened(request, self.keyring)
            verdict = receive(self.view, [receiving], arrived, self.view.offset)
            passed = verdict.outcome is Outcome.ACCEPTED
            found.checked += 1
            found.passed_before += request.outcome in PASSED
            found.passed_after += passed
            if self._differs(request, arrived, verdict.outcome, verdict.event):
                found.changed.append(self._change(request, arrived, found))
        return {
            "checked": found.checked,
            "skipped": found.skipped,
            "passed_before": found.passed_before,
            "passed_after": found.passed_after,
            "changed_count": len(found.changed),
            "changed": found.changed,
        }

    def _differs(
        self, request: IncomingRequest, arrived: Arrived, outcome: Outcome, event: CustomerEvent | None
    ) -> bool:
        if request.outcome in PASSED and outcome is Outcome.ACCEPTED:
            return content_of(event_then(request, arrived, self.compiler)) != content_of(event)
        return request.outcome is not outcome

    def _change(self, request: IncomingRequest, arrived: Arrived, found: Found) -> dict[str, Any]:
        concealed = tuple(concealed_in(request))
        after = decision(explain(self.view, self.entity, arrived, concealed=concealed))
        change: dict[str, Any] = {
            "request_id": request.id,
            "created_at": iso(request.received_at),
            "before": self._before(request, arrived, concealed),
            "after": after,
        }
        found.room -= len(dump(change))
        if found.room < 0:
            change["before"]["event"] = change["after"]["event"] = None
        return change

    def _before(self, request: IncomingRequest, arrived: Arrived, concealed: Sequence[str]) -> dict[str, Any]:
        error = {"code": request.error_code, "path": request.error_path, "message": request.error_detail}
        shown = {"outcome": request.outcome.value, "event": None, "error": error if request.error_code else None}
        entity = self.configuration.revision(
            request.account, EntityKind.INCOMING_WEBHOOK, request.definition_id, request.definition_revision
        )
        view = self.compiler.account_as_of(request.account, request.config_offset)
        if request.outcome not in PASSED or entity is None or view is None:
            return shown
        clear = replace(entity, body=unseal(entity.body or {}, self.keyring.open_text))
        return shown | {"event": explain(view, clear, arrived, concealed=concealed)["event"]}


def content_of(event: CustomerEvent | None) -> tuple[object, ...] | None:
    """What of an event its readers see."""
    return None if event is None else (event.id, event.customer, event.action, event.timestamp, event.data)


def decision(told: dict[str, Any]) -> dict[str, Any]:
    """The end of an explanation, without its steps."""
    return {name: told[name] for name in ("outcome", "event", "error")}
