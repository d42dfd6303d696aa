"""Traces over HTTP: one chain of effects by any of its ids, and what each subscription and definition decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import Call
from gateway.api.problems import missing
from gateway.api.reading import Reader
from gateway.api.site_names import site_names_of
from gateway.incoming.reopening import concealed_in, reopened
from projections.queries import traces
from projections.queries.offsets import as_of
from projections.queries.traces import Trace, timers
from schemas.definitions.forms import State
from schemas.errors import SecretUnreadable
from schemas.records import EntityKind, IncomingRequest, Outcome
from streams.core.deciding import decisions, offset_at, tried
from streams.core.definitions import Compiler, Receiving

__all__ = ["Traces"]

UNTRIED = frozenset({Outcome.INACTIVE, Outcome.MALFORMED})  # no filter was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The handlers."""

    reader: Reader
    changer: Changer
    compiler: Compiler

    async def trace(self, call: Call) -> Answer:
        """From the request to the last attempt."""
        account, names = call.account, site_names_of(self.changer.configuration, call.account)
        found, seen = await self.reader.read(
            lambda connection: (
                traces.find(connection, account, call.path["id"], site_names=names),
                as_of(connection),
            )
        )
        if found is None:
            raise missing()
        return Answer(
            {
                "request": found.request,
                "copies": found.copies,
                "tried": self._tried(found.request_record),
                "event": found.event,
                "decisions": self._decisions(account, found),
                "deliveries": found.deliveries,
                "timers": timers(found.deliveries),
                "as_of": seen,
            }
        )

    async def request(self, call: Call) -> Answer:
        """One request, whole, with the definitions that it was tried on."""
        found = await self.reader.read(lambda c: traces.request_with(c, call.account, call.path["id"]))
        if found is None:
            raise missing()
        row, record = found
        return Answer({**row, "tried": self._tried(record)})

    def _decisions(self, account: str, found: Trace) -> list[dict[str, Any]]:
        if found.event is None or found.routed_at is None:
            return []
        configuration = self.changer.configuration
        under = found.decided_under
        if under is None:  # no delivery says it: what held when the event was written
            asked = found.request_record.config_offset if found.request_record else -1
            under = max(asked, offset_at(configuration, account, found.routed_at))
        event = {"customer": found.event["customer"], "action": found.event["action"], "data": found.event_data}
        return decisions(configuration, account, event, under, self.changer.keyring.open_text)

    def _tried(self, request: IncomingRequest | None) -> list[dict[str, Any]]:
        if request is None or request.outcome in UNTRIED or request.body_truncated:
            return []
        try:
            arrived = reopened(request, self.changer.keyring)
        except SecretUnreadable:  # its key is gone; the row still says which criterion decided
            return []
        return tried(self._candidates(request), arrived, concealed_in(request))

    def _candidates(self, request: IncomingRequest) -> list[Receiving]:
        """The active definitions of the endpoint and method, as they were then, in the order of their creation."""
        kind = EntityKind.INCOMING_WEBHOOK
        then = self.changer.configuration.as_of(request.account, kind, request.config_offset)
        found = (
            self.compiler.receiving(request.account, each.id, each.revision)
            for each in then
            if each.body is not None
            and each.state == State.ACTIVE.value
            and (each.body["endpoint"], each.body["method"]) == (request.endpoint, request.method)
        )
        return [each for each in found if each is not None]
