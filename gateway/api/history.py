"""What a definition would have made of logged requests: how many would pass, and which become another event.

Pure but for the requests, which come one by one: however many there are, few are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.api.dry_run_shapes import MOST_CHECKED
from gateway.api.times import iso
from gateway.incoming.reopening import concealed_in, event_then, reopened
from schemas.definitions.secrets import unseal
from schemas.errors import SecretUnreadable
from schemas.json_text import dump
from schemas.records import CustomerEvent, EntityKind, IncomingRequest, Outcome
from streams.core.arriving import Arrived
from streams.core.configuration import Configuration, Entity
from streams.core.definitions import AccountView, Compiler, Receiving, receiving_of
from streams.core.explaining import explain
from streams.core.receiving import receive
from streams.edges.keyring import Keyring

__all__ = ["Found", "History"]

MOST_SHOWN = 4 * 1024 * 1024  # characters of all events together
PASSED = frozenset({Outcome.ACCEPTED, Outcome.DUPLICATE})


@dataclass(slots=True)
class Found:
    """What has been found so far."""

    checked: int = 0
    skipped: int = 0
    passed_before: int = 0
    passed_after: int = 0
    changed_count: int = 0
    changed: list[dict[str, Any]] = field(default_factory=list)  # `most` of them
    room: int = MOST_SHOWN  # characters
    most: int = MOST_CHECKED

    @property
    def counts(self) -> dict[str, Any]:
        """How many."""
        names = ("checked", "skipped", "passed_before", "passed_after", "changed_count")
        return {name: getattr(self, name) for name in names}

    @property
    def answer(self) -> dict[str, Any]:
        """How many, and what differs."""
        return {**self.counts, "changed": self.changed}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Tries requests on one definition; `entity` has its secrets in clear."""

    view: AccountView
    entity: Entity
    compiler: Compiler
    configuration: Configuration
    keyring: Keyring

    def check(self, requests: Iterable[IncomingRequest], found: Found) -> int:
        """What it would have made of these, added to what has been found; answers how many these were."""
        receiving, seen = receiving_of(self.entity, self.entity.body or {}), 0
        for request in requests:
            seen += 1
            try:
                self._check(request, receiving, found)
            except SecretUnreadable:
                found.skipped += 1
        return seen

    def _check(self, request: IncomingRequest, receiving: Receiving, found: Found) -> None:
        if request.body_truncated:
            found.skipped += 1
            return
        arrived = reopened(request, self.keyring)
        verdict = receive(self.view, [receiving], arrived, self.view.offset)
        found.checked += 1
        found.passed_before += request.outcome in PASSED
        found.passed_after += verdict.outcome is Outcome.ACCEPTED
        if self._differs(request, arrived, verdict.outcome, verdict.event):
            found.changed_count += 1
            if len(found.changed) < found.most:
                found.changed.append(self._change(request, arrived, found))

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
