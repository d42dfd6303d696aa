"""Customer events by HTTP: one or up to a thousand, by the same rules as at every other door.

An event's own id makes a repeat harmless: the same again does nothing, other content under it is `id_conflict`, also
while the first is under way (gateway/incoming/producer_ids.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.identifiers import time_ordered
from gateway.incoming.producer_ids import Claim, KnownEvent, Place, ProducerIds, known_event
from gateway.metrics import EVENTS
from schemas.codec import encode
from schemas.errors import FieldError, FieldInvalid
from schemas.events import check_action, event_of
from schemas.identity import event_id_of_request, event_key
from schemas.records import CustomerEvent, SourceType
from streams.core.definitions import AccountView, Compiler
from streams.core.receiving import ID_CONFLICT
from streams.core.tracing import carried
from streams.edges.kafka import Message

__all__ = ["MAX_BATCH", "MAX_EVENTS_BODY", "EventDoor"]

MAX_BATCH = 1000
MAX_EVENTS_BODY = 8 * 1024 * 1024  # bytes

Known = dict[str, KnownEvent]  # by id: what was accepted, and those before in the same batch


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was sent, judged: to be written, known already, or wrong."""

    event: CustomerEvent | None = None
    known: str | None = None
    error: FieldError | None = None
    code: str = "invalid"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a batch of events is judged by; `now` in milliseconds, `offset` of the configuration."""

    view: AccountView
    now: int
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDoor:
    """The handler of `POST /v1/{account}/events`; `topic` is that of customer events."""

    changer: Changer
    compiler: Compiler
    ids: ProducerIds
    topic: str

    async def take(self, call: Call) -> Answer:
        """Take one event, or a batch; what is wrong with one keeps no other out."""
        view = self.compiler.account(call.account)
        if view is None:
            raise missing()
        many = batch_of(call.body)
        payloads = [call.body] if many is None else many
        async with self.ids.claim(view.state.name, own_ids(payloads)) as claim:
            judged = await asyncio.to_thread(self._judge, view, payloads, dict(claim.known))
            found = [each.event for each in judged if each.event is not None]
            position = await self._write(found, claim, carried(call.trace_parent))
        if many is None and (error := judged[0].error) is not None:
            raise (
                Problem("id_conflict", error.message, [error]) if judged[0].code == "id_conflict" else invalid([error])
            )
        items = [item_of(each) for each in judged]
        only = {} if many is not None else {"id": items[0]["id"]}
        return Answer({**only, "items": items, "position": position}, 202)

    def _judge(self, view: AccountView, payloads: Sequence[Any], known: Known) -> list[Taken]:
        """Every event by the rules; in a thread, since a thousand take a while."""
        request, now = time_ordered("req"), self.changer.now()
        rules = Rules(view, now, known)
        return [judged(rules, each, event_id_of_request(f"{request}.{n}")) for n, each in enumerate(payloads)]

    async def _write(self, found: Sequence[CustomerEvent], claim: Claim, headers: tuple[tuple[str, bytes], ...]) -> str:
        """Write events; answers where they are, as lists take it in `after`."""
        messages = [
            Message(self.topic, event_key(each.account, each.customer), encode(each), headers=headers) for each in found
        ]
        latest: dict[int, int] = {}
        for event, placed in zip(found, await self.changer.writer.write(*messages), strict=True):
            latest[placed.partition] = max(placed.offset, latest.get(placed.partition, -1))
            place: Place = ((self.topic, placed.partition), placed.offset)
            if event.id in claim.claimed:
                claim.accepted[event.id] = known_event(event, place)
        EVENTS.inc(len(found))
        return ",".join(f"customer-events:{partition}:{offset}" for partition, offset in sorted(latest.items()))


def own_ids(payloads: Sequence[Any]) -> Iterator[str]:
    """The ids that producers gave."""
    for payload in payloads:
        if isinstance(payload, dict) and isinstance(payload.get("id"), str):
            yield payload["id"]


def batch_of(body: Any) -> list[Any] | None:
    """The events of a batch; None where the body is one event."""
    if not isinstance(body, dict):
        raise invalid([FieldError("", 'send one event, or {"events": [...]}')])
    if "events" not in body:
        return None
    many = body["events"]
    if not isinstance(many, list) or not 0 < len(many) <= MAX_BATCH or len(body) > 1:
        raise invalid([FieldError("events", f"must be a list of 1 to {MAX_BATCH:,} events, and stand alone")])
    return many


def judged(rules: Rules, payload: Any, default_id: str) -> Taken:
    """One event by the rules of every door, and by what is known of its id."""
    view, known = rules.view, rules.known
    try:
        sent = {"account": view.state.name, **payload} if isinstance(payload, dict) else payload
        event = event_of(sent, default_id=default_id, default_timestamp=rules.now, source=SourceType.API)
        if event.account != view.state.name:
            raise FieldInvalid("account", f"the path says {view.state.name}")  # noqa: TRY301 - as the rules say it
        event = replace(check_action(event, view.custom_actions), config_offset=view.offset)
    except FieldInvalid as error:
        return Taken(error=FieldError(error.path, error.message))
    stored = known.get(event.id)
    if stored is None:
        known[event.id] = known_event(event)
        return Taken(event)
    if stored.same(event, timed=payload.get("timestamp") is not None):
        return Taken(known=event.id)
    return Taken(error=FieldError("id", ID_CONFLICT), code="id_conflict")


def item_of(taken: Taken) -> dict[str, Any]:
    if taken.error is not None:
        return {"error": {"code": taken.code, "path": taken.error.path, "message": taken.error.message}}
    return {"id": taken.event.id if taken.event is not None else taken.known}
