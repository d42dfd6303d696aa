"""Receiving: what a request to an endpoint becomes, and what the caller is told.

Pure and deterministic: the gateway decides with it before it answers, and the agent *map* decides again from the log.
Statuses and bodies: docs/http.md, 'Incoming requests'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from schemas.errors import FieldInvalid
from schemas.events import MAX_CUSTOMER, action_problem, check_action, event_of
from schemas.identity import event_id_of_request
from schemas.json_text import JsonMalformed, dump, parse
from schemas.records import CustomerEvent, Outcome, SourceType
from streams.core.definitions import AccountView, Receiving
from streams.core.filtering import Failure, Subject, header_name
from streams.core.mapping import map_body

__all__ = [
    "Arrived",
    "BodyMalformed",
    "ContentTypeRefused",
    "Verdict",
    "body_of",
    "decide",
    "error_body",
    "receive",
    "refusal",
    "select",
]

FORM = "application/x-www-form-urlencoded"


class ContentTypeRefused(Exception):
    """The body is neither JSON nor URL-encoded."""


class BodyMalformed(Exception):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it arrived: credentials in clear, times in milliseconds."""

    request_id: str
    account: str
    received_at: int
    method: str
    path: str
    query: str
    headers: Sequence[Sequence[str]]  # [name, value], names as sent
    body: bytes

    def header(self, name: str) -> str | None:
        """All values of a header, joined as one."""
        return joined_headers(self.headers).get(name)

    def subject(self, body: Any) -> Subject:
        """What filters read of it."""
        query: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            query[name] = f"{query[name]}, {value}" if name in query else value
        roots = {"headers": joined_headers(self.headers), "query": query, "method": self.method, "path": self.path}
        return Subject({**roots, "body": body})


def joined_headers(headers: Sequence[Sequence[str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value, *_ in headers:
        key = header_name(name)
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def body_of(content_type: str | None, body: bytes) -> Any:
    """The JSON value of a body; a URL-encoded one is an object of texts, repeated names are lists.

    Raises:
        ContentTypeRefused: it is of no type that is taken.
        BodyMalformed: it is not of its type; the message says where.
    """
    media, _, parameters = (content_type or "").partition(";")
    media = media.strip().lower()
    if media == FORM:
        return form_body(body)
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise ContentTypeRefused(media)
    charset = parameters.lower().replace(" ", "").partition("charset=")[2].partition(";")[0].strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise ContentTypeRefused(f"{media}; charset={charset}")
    if not body:
        raise BodyMalformed("the body is empty")
    try:
        return parse(body)
    except JsonMalformed as error:
        raise BodyMalformed(str(error)) from None


def form_body(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError as error:
        raise BodyMalformed(f"not URL-encoded UTF-8: {error}") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            earlier = fields[name] if isinstance(fields[name], list) else [fields[name]]
            fields[name] = [*earlier, value]
        else:
            fields[name] = value
    if not fields:
        raise BodyMalformed("the body is empty")
    return fields


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided: the outcome, the answer, and the event where there is one."""

    outcome: Outcome
    status: int
    answer: bytes  # JSON
    definition: Receiving | None = None
    event: CustomerEvent | None = None
    code: str | None = None
    path: str | None = None
    detail: str | None = None
    customer: str | None = None  # where it could be read


def receive(view: AccountView, candidates: Sequence[Receiving], arrived: Arrived, config_offset: int) -> Verdict:
    """Try active definitions of one endpoint and method in their order; the first whose filters pass decides."""
    try:
        body = body_of(arrived.header("content-type"), arrived.body)
    except ContentTypeRefused as error:
        sentence = f"send application/json or {FORM}, in UTF-8; this is {error or 'of no type'}"
        return refusal(Outcome.MALFORMED, 415, "unsupported_media_type", sentence, candidates[0])
    except BodyMalformed as error:
        return refusal(Outcome.MALFORMED, 400, "malformed_body", str(error), candidates[0])
    subject = arrived.subject(body)
    first: tuple[Receiving, Failure] | None = None
    for definition in candidates:
        failure = definition.filters.failure(subject)
        if failure is None:
            return decide(view, definition, arrived, body, config_offset)
        first = first or (definition, failure)
    definition, failure = first or (candidates[0], Failure("filters", "", "", found=False))
    return filtered(definition, failure, body)


def decide(view: AccountView, definition: Receiving, arrived: Arrived, body: Any, config_offset: int) -> Verdict:
    """Map a request that passed one definition's filters to its event."""
    payload: dict[str, Any] = {}
    try:
        payload = map_body(definition.body.get("mapping", ()), body)
        event = mapped_event(view, definition, arrived, payload, config_offset)
    except FieldInvalid as error:
        return invalid(definition, error, payload)
    default = {"status": "success", "event_id": event.id}
    answer = configured(definition, "success_response", default)
    return Verdict(Outcome.ACCEPTED, 200, answer, definition, event, customer=event.customer)


def mapped_event(
    view: AccountView, definition: Receiving, arrived: Arrived, payload: dict[str, Any], config_offset: int
) -> CustomerEvent:
    account = payload.setdefault("account", arrived.account)
    if account != arrived.account:
        raise FieldInvalid("account", f"is not the account of this endpoint, {arrived.account}")
    action = definition.body["action"]
    if problem := action_problem(action, view.custom_actions, from_outside=True):
        raise FieldInvalid("action", problem)
    event = event_of(
        {**payload, "action": action},
        default_id=event_id_of_request(arrived.request_id),
        default_timestamp=arrived.received_at,
        source=SourceType.INCOMING_WEBHOOK,
    )
    return replace(
        check_action(event, view.custom_actions),
        request_id=arrived.request_id,
        definition_id=definition.entity.id,
        definition_revision=definition.entity.revision,
        config_offset=config_offset,
    )


def filtered(definition: Receiving, failure: Failure, body: Any) -> Verdict:
    accept = definition.body.get("on_filtered") == "accept"
    default = error_body("filtered", "filters_not_passed", "the request did not pass the filters of this endpoint")
    field = "success_response" if accept else "error_response"
    read = "it was there" if failure.found else "it was missing"
    return Verdict(
        Outcome.FILTERED,
        200 if accept else 403,
        configured(definition, field, default),
        definition,
        code="filters_not_passed",
        path=failure.path,
        detail=f"{failure.attribute} {failure.operator}: {read}",
        customer=customer_in(definition, body),
    )


def invalid(definition: Receiving, error: FieldInvalid, payload: Mapping[str, Any]) -> Verdict:
    default = error_body("invalid", "invalid_event", f"{error.path}: {error.message}")
    return Verdict(
        Outcome.INVALID,
        422,
        configured(definition, "error_response", default),
        definition,
        code="invalid_event",
        path=error.path,
        detail=error.message,
        customer=readable_customer(payload),
    )


def customer_in(definition: Receiving, body: Any) -> str | None:
    """Whom a request that did not pass names, where the mapping finds one: for the log's reader."""
    wanted = [item for item in definition.body.get("mapping", ()) if item.get("to") == "customer"]
    return readable_customer(map_body(wanted, body))


def readable_customer(payload: Mapping[str, Any]) -> str | None:
    """A customer that an event could have."""
    found = payload.get("customer")
    return found if isinstance(found, str) and len(found) <= MAX_CUSTOMER else None


def refusal(outcome: Outcome, status: int, code: str, message: str, definition: Receiving | None = None) -> Verdict:
    """A request that no definition's filters were asked about."""
    answer = dump(error_body(outcome.value, code, message)).encode()
    return Verdict(outcome, status, answer, definition, code=code, detail=message)


def error_body(kind: str, code: str, message: str) -> dict[str, Any]:
    return {"status": "error", "error": {"type": kind, "code": code, "message": message}}


def configured(definition: Receiving, field: str, default: Any) -> bytes:
    message = definition.body.get(field)
    return dump(default if message is None else message).encode()


def select(definitions: Sequence[Receiving], method: str) -> tuple[tuple[Receiving, ...], Verdict | None]:
    """The active definitions of an endpoint that take `method`; or why none can."""
    active = [definition for definition in definitions if definition.active]
    if not active:
        newest = definitions[-1]
        return (), refusal(Outcome.INACTIVE, 404, "not_found", "there is no such endpoint", newest)
    takers = tuple(definition for definition in active if definition.body["method"] == method)
    if takers:
        return takers, None
    allowed = sorted({definition.body["method"] for definition in active})
    sentence = f"this endpoint takes {' and '.join(allowed)}"
    return (), refusal(Outcome.MALFORMED, 405, "method_not_allowed", sentence, active[0])
