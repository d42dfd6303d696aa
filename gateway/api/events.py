"""Customer events by HTTP: one or up to a thousand, by the same rules as at every other door.

An event's own id makes a repeat harmless: the same again does nothing, other content under it is `id_conflict`; the
store is asked for the last 90 days. A store that is away costs no event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.api.reading import Reader
from gateway.identifiers import time_ordered
from gateway.metrics import EVENTS
from projections.queries import events
from schemas.codec import encode
from schemas.errors import FieldError, FieldInvalid
from schemas.events import check_action, event_of
from schemas.identity import event_id_of_request, event_key
from schemas.json_text import parse
from schemas.records import CustomerEvent, SourceType
from schemas.times import iso
from streams.core.definitions import AccountView, Compiler
from streams.edges.kafka import Message

__all__ = ["MAX_BATCH", "MAX_EVENTS_BODY", "EventDoor"]

MAX_BATCH = 1000
MAX_EVENTS_BODY = 8 * 1024 * 1024  # bytes
ID_CONFLICT = "another event of this account has this id"

Known = dict[str, Mapping[str, Any]]  # events by id: those of the store, and those before in the same batch


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
    reader: Reader
    topic: str

    async def take(self, call: Call) -> Answer:
        """Take one event, or a batch; what is wrong with one keeps no other out."""
        view = self.compiler.account(call.account)
        if view is None:
            raise missing()
        many = batch_of(call.body)
        payloads = [call.body] if many is None else many
        known = await self._known(view.state.name, payloads)
        judged = await asyncio.to_thread(self._judge, view, payloads, known)
        if many is None and (error := judged[0].error) is not None:
            raise (
                Problem("id_conflict", error.message, [error]) if judged[0].code == "id_conflict" else invalid([error])
            )
        position = await self._write([each.event for each in judged if each.event is not None])
        items = [item_of(each) for each in judged]
        only = {} if many is not None else {"id": items[0]["id"]}
        return Answer({**only, "items": items, "position": position}, 202)

    def _judge(self, view: AccountView, payloads: Sequence[Any], known: Known) -> list[Taken]:
        """Every event by the rules; in a thread, since a thousand take a while."""
        request, now = time_ordered("req"), self.changer.now()
        rules = Rules(view, now, known)
        return [judged(rules, each, event_id_of_request(f"{request}.{n}")) for n, each in enumerate(payloads)]

    async def _known(self, account: str, payloads: Sequence[Any]) -> Known:
        """The stored events that have one of the ids."""
        ids = {
            payload["id"] for payload in payloads if isinstance(payload, dict) and isinstance(payload.get("id"), str)
        }
        if not ids:
            return {}
        try:
            found = await self.reader.read(lambda connection: events.of_ids(connection, account, sorted(ids)))
        except Problem:  # the store is away; a repeat is found out later, by its id
            return {}
        return {**found}

    async def _write(self, found: Sequence[CustomerEvent]) -> str:
        """Write events; answers where they are, as lists take it in `after`."""
        messages = [Message(self.topic, event_key(each.account, each.customer), encode(each)) for each in found]
        latest: dict[int, int] = {}
        for place in await self.changer.writer.write(*messages):
            latest[place.partition] = max(place.offset, latest.get(place.partition, -1))
        EVENTS.inc(len(found))
        return ",".join(f"customer-events:{partition}:{offset}" for partition, offset in sorted(latest.items()))


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
        known[event.id] = content_of(event)
        return Taken(event)
    if same(event, stored, timed=payload.get("timestamp") is not None):
        return Taken(known=event.id)
    return Taken(error=FieldError("id", ID_CONFLICT), code="id_conflict")


def same(event: CustomerEvent, stored: Mapping[str, Any], *, timed: bool) -> bool:
    """Whether an event says what the stored one says; its time counts where it was given."""
    content = content_of(event)
    return all(stored[name] == value for name, value in content.items() if timed or name != "timestamp")


def content_of(event: CustomerEvent) -> dict[str, Any]:
    """What two events with one id must have in common."""
    return {
        "customer": event.customer,
        "action": event.action,
        "timestamp": iso(event.timestamp),
        "data": parse(event.data.encode()),
    }


def item_of(taken: Taken) -> dict[str, Any]:
    if taken.error is not None:
        return {"error": {"code": taken.code, "path": taken.error.path, "message": taken.error.message}}
    return {"id": taken.event.id if taken.event is not None else taken.known}
