"""Explaining: what a definition makes of a request, step by step, for the people who write it (a dry run).

The outcome, the event and the answer are those of `receive`; every criterion and every mapping is told beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.definitions.secrets import MASK
from schemas.events import MAX_EVENT_BYTES
from schemas.json_text import dump
from schemas.paths import MISSING, write
from schemas.records import CustomerEvent, Outcome
from schemas.times import iso
from streams.core.configuration import Entity
from streams.core.definitions import AccountView, receiving_of
from streams.core.filtering import Found, Subject, test_of
from streams.core.mapping import steps
from streams.core.receiving import Arrived, BodyMalformed, ContentTypeRefused, Verdict, body_of, receive
from streams.core.veil import Veil

__all__ = ["explain", "explain_filter"]

MAX_READ = 1000  # characters of what was read
MAX_VALUES = 2 * MAX_EVENT_BYTES  # characters of all values together


def explain(view: AccountView, entity: Entity, arrived: Arrived, *, concealed: Iterable[str] = ()) -> dict[str, Any]:
    """The answer of a dry run: `{outcome, filters, mapping, event, answer, error}`, ready for JSON.

    `entity.body` is the definition with its secrets in clear. `concealed` are attributes of the request that people
    do not see although no criterion is secret: headers that carry credentials, what was sealed when it was stored.
    """
    definition = entity.body or {}
    receiving = receiving_of(entity, definition)
    verdict = receive(view, [receiving], arrived, entity.offset)
    veil = Veil([*receiving.secrets, *concealed])
    body = readable(arrived)
    rows = [] if body is MISSING else explain_mapping(definition.get("mapping", ()), body, veil, verdict)
    event = None if verdict.event is None else shown(verdict.event, rows)
    return {
        "outcome": verdict.outcome.value,
        "filters": None if body is MISSING else explain_filter(definition.get("filters"), arrived.subject(body), veil),
        "mapping": rows,
        "event": event,
        "answer": {"status": verdict.status, "body": answer_of(verdict, event)},
        "error": error_of(verdict),
    }


def readable(arrived: Arrived) -> Any:
    """The body, or MISSING where it cannot be read; why not is in the verdict."""
    try:
        return body_of(arrived.header("content-type"), arrived.body)
    except (ContentTypeRefused, BodyMalformed):
        return MISSING


def explain_filter(node: Mapping[str, Any] | None, subject: Subject, veil: Veil) -> dict[str, Any]:
    """The tree with `passed` at every node and `read` at every criterion; also for a subscription's condition.

    `read` is the text form of what the attribute reads, null where it reads nothing. Every criterion is told, also
    those that could not change the outcome any more.
    """
    if node is None:
        return {"passed": True, "all": []}
    for word, combine in (("all", all), ("any", any)):
        if word in node:
            members = [explain_filter(member, subject, veil) for member in node[word]]
            return {"passed": combine(member["passed"] for member in members), word: members}
    return explain_criterion(node, subject, veil)


def explain_criterion(node: Mapping[str, Any], subject: Subject, veil: Veil) -> dict[str, Any]:
    attribute = str(node["attribute"])
    found = subject.find(attribute)
    return {
        "attribute": attribute,
        "operator": str(node["operator"]),
        "read": told(found, hidden=veil.hides(attribute)),
        "passed": test_of(node)(found),
    }


def told(found: Found, *, hidden: bool) -> str | None:
    """What was read, as people see it; that nothing was there is not hidden."""
    if found.value is MISSING:
        return None
    text = MASK if hidden and not found.absent else found.text
    return text if len(text) <= MAX_READ else f"{text[:MAX_READ]}…"


def explain_mapping(
    mapping: Iterable[Mapping[str, Any]], body: Any, veil: Veil, verdict: Verdict
) -> list[dict[str, Any]]:
    """A row a mapping: what was read, whether it was replaced or defaulted, the value, and what is wrong with it."""
    rows, room = [], MAX_VALUES
    for position, item in enumerate(mapping):
        row = explain_row(item, body, veil)
        room -= len(dump(row["value"]))
        if room < 0:
            row["value"] = None  # no event is as large, and `error` says so
        rows.append({**row, "error": verdict.detail if concerns(verdict, position, item["to"]) else None})
    return rows


def explain_row(item: Mapping[str, Any], body: Any, veil: Veil) -> dict[str, Any]:
    found, after, value = steps(item, body)
    hidden = veil.hides_source(item.get("from"))
    defaulted = value is not after
    value = None if value is MISSING else MASK if hidden and not defaulted and value is not None else value
    return {
        "to": item["to"],
        "read": told(Found(found), hidden=hidden),
        "replaced": after is not found and dump(after) != dump(found),
        "defaulted": defaulted,
        "value": value,
    }


def concerns(verdict: Verdict, position: int, target: str) -> bool:
    """Whether the error of an invalid request is about what this mapping gives."""
    if verdict.outcome is not Outcome.INVALID or verdict.path is None:
        return False
    return verdict.path in (f"mapping.{position}.to", target) or target.startswith(f"{verdict.path}.")


def shown(event: CustomerEvent, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The event in the shape of the API, dots where it was mapped from what is hidden."""
    shape = {
        "id": event.id,
        "account": event.account,
        "customer": event.customer,
        "action": event.action,
        "timestamp": iso(event.timestamp),
        "data": json.loads(event.data),
        "source": {"type": event.source.value, "request_id": event.request_id},
    }
    for row in rows:
        if row["value"] == MASK:
            write(shape, row["to"], MASK)
    return shape


def answer_of(verdict: Verdict, event: Mapping[str, Any] | None) -> Any:
    """The body of the answer; the event's id in it is hidden where it is hidden in the event."""
    body = json.loads(verdict.answer)
    if event is None or verdict.event is None or body != {"status": "success", "event_id": verdict.event.id}:
        return body
    return {**body, "event_id": event["id"]}


def error_of(verdict: Verdict) -> dict[str, Any] | None:
    """Why there is no event; a configured answer may not say it."""
    if verdict.code is None:
        return None
    return {"code": verdict.code, "path": verdict.path, "message": verdict.detail}
