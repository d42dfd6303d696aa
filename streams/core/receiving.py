"""Receiving: what a request to an endpoint becomes, and what the caller is told.

Pure and deterministic: the gateway decides with it before it answers, and the agent *map* decides again from the log.
Statuses and bodies: docs/http.md, 'Incoming requests'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schemas.errors import FieldInvalid
from schemas.events import MAX_CUSTOMER, action_problem, check_action, event_of
from schemas.identity import event_id_of_request, event_id_of_rerun
from schemas.json_text import dump
from schemas.records import CustomerEvent, Outcome, SourceType
from streams.core.arriving import FORM, Arrived, BodyMalformed, ContentTypeRefused, body_of
from streams.core.definitions import AccountView, Receiving
from streams.core.filtering import Failure, Subject
from streams.core.mapping import map_body

__all__ = [
    "ID_CONFLICT",
    "Arrived",
    "BodyMalformed",
    "ContentTypeRefused",
    "Passed",
    "Verdict",
    "admit",
    "body_of",
    "conflicting",
    "decide",
    "duplicate",
    "error_body",
    "passed",
    "receive",
    "refusal",
    "select",
]


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
    event_id: str | None = None  # of the event, or of that of the request which this one copies
    copies: str | None = None  # what copies have in common
    own: frozenset[str] = frozenset()  # which of the event's id and timestamp the sender gave


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that a definition's filters let through."""

    definition: Receiving
    body: Any  # JSON
    copies: str | None = None  # what its copies have in common, where the definition deduplicates


def receive(view: AccountView, candidates: Sequence[Receiving], arrived: Arrived, config_offset: int) -> Verdict:
    """Decide a request by active definitions of one endpoint and method, as if nothing like it had come before."""
    found = admit(candidates, arrived)
    if isinstance(found, Verdict):
        return found
    return decide(view, found, arrived, config_offset)


def admit(candidates: Sequence[Receiving], arrived: Arrived) -> Passed | Verdict:
    """Verify the sender, parse, filter: definitions in their order, the first whose filters pass decides.

    Definitions that cannot verify the sender are passed over.
    """
    verified, unproven = verifying(candidates, arrived)
    if not verified:
        return unverified(candidates[0], unproven)
    try:
        body = body_of(arrived.header("content-type"), arrived.body)
    except ContentTypeRefused as error:
        sentence = f"send application/json or {FORM}, in UTF-8; this is {error or 'of no type'}"
        return refusal(Outcome.MALFORMED, 415, "unsupported_media_type", sentence, verified[0])
    except BodyMalformed as error:
        return refusal(Outcome.MALFORMED, 400, "malformed_body", str(error), verified[0])
    subject = arrived.subject(body)
    first: tuple[Receiving, Failure] | None = None
    for definition in verified:
        failure = definition.filters.failure(subject)
        if failure is None:
            return passed(definition, body, subject)
        first = first or (definition, failure)
    definition, failure = first or (verified[0], Failure("filters", "", "", found=False))
    return filtered(definition, failure, body)


def passed(definition: Receiving, body: Any, subject: Subject) -> Passed:
    """A request that passed, with what its copies are known by."""
    rule = definition.deduplication
    return Passed(definition, body, None if rule is None else rule.key(subject))


def verifying(candidates: Sequence[Receiving], arrived: Arrived) -> tuple[list[Receiving], str]:
    """The definitions that know the sender, and why the first that does not does not."""
    verified, reason = [], ""
    for definition in candidates:
        checked = definition.verifier.check(arrived.body, arrived.headers, arrived.received_at)
        if checked.verified:
            verified.append(definition)
        else:
            reason = reason or checked.detail
    return verified, reason


def unverified(definition: Receiving, reason: str) -> Verdict:
    """The one answer for every failure to verify; the reason is for the log."""
    sentence = "this request could not be verified"
    answer = dump(error_body("unverified", "unverified", sentence)).encode()
    return Verdict(Outcome.UNVERIFIED, 401, answer, definition, code="unverified", detail=reason)


def decide(view: AccountView, found: Passed, arrived: Arrived, config_offset: int) -> Verdict:
    """Map a request that passed one definition's filters to its event."""
    definition, payload = found.definition, dict[str, Any]()
    try:
        payload = map_body(definition.body.get("mapping", ()), found.body)
        event = mapped_event(view, found, arrived, payload, config_offset)
    except FieldInvalid as error:
        return invalid(definition, error, payload)
    default = {"status": "success", "event_id": event.id}
    answer = configured(definition, "success_response", default)
    return Verdict(
        Outcome.ACCEPTED,
        200,
        answer,
        definition,
        event,
        customer=event.customer,
        event_id=event.id,
        copies=found.copies,
        own=frozenset(name for name in ("id", "timestamp") if payload.get(name) is not None),
    )


def conflicting(verdict: Verdict) -> Verdict:
    """An accepted request whose event has the id of another one: it is none."""
    if verdict.definition is None:
        return verdict
    error = FieldInvalid("id", ID_CONFLICT)
    return invalid(verdict.definition, error, {"customer": verdict.customer}, code="id_conflict")


def duplicate(found: Passed, status: int, answer: bytes, event_id: str | None, customer: str | None) -> Verdict:
    """A copy of a request that was accepted: it is answered as the first was."""
    return Verdict(
        Outcome.DUPLICATE, status, answer, found.definition, customer=customer, event_id=event_id, copies=found.copies
    )


def mapped_event(
    view: AccountView, found: Passed, arrived: Arrived, payload: dict[str, Any], config_offset: int
) -> CustomerEvent:
    definition, rerun = found.definition, arrived.rerun
    account = payload.setdefault("account", arrived.account)
    if account != arrived.account:
        raise FieldInvalid("account", f"is not the account of this endpoint, {arrived.account}")
    action = definition.body["action"]
    if problem := action_problem(action, view.custom_actions, from_outside=True):
        raise FieldInvalid("action", problem)
    event = event_of(
        {**payload, "action": action},
        default_id=default_id(found, arrived),
        default_timestamp=arrived.received_at,
        source=SourceType.INCOMING_WEBHOOK,
    )
    return replace(
        check_action(event, view.custom_actions),
        id=event.id if rerun is None else event_id_of_rerun(event.id, rerun.named_by),
        request_id=arrived.request_id if rerun is None else rerun.request_id,
        definition_id=definition.entity.id,
        definition_revision=definition.entity.revision,
        config_offset=config_offset,
    )


ID_CONFLICT = "another event of this account has this id"
FOUND = {
    "equals": "its value is another one",
    "does_not_exist": "it is there",
    "is_empty": "it is not empty",
    "is_not_empty": "it is empty",
}


def default_id(found: Passed, arrived: Arrived) -> str:
    """The id of an event whose sender gives it none."""
    rule = found.definition.deduplication
    if rule is None or found.copies is None:
        return event_id_of_request(arrived.request_id)
    return rule.event_id(found.copies, arrived.received_at)


def filtered(definition: Receiving, failure: Failure, body: Any) -> Verdict:
    accept = definition.body.get("on_filtered") == "accept"
    default = error_body("filtered", "filters_not_passed", "the request did not pass the filters of this endpoint")
    field = "success_response" if accept else "error_response"
    read = FOUND.get(failure.operator, "its value does not pass") if failure.found else "it is missing"
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


def invalid(
    definition: Receiving, error: FieldInvalid, payload: Mapping[str, Any], code: str = "invalid_event"
) -> Verdict:
    default = error_body("invalid", code, f"{error.path}: {error.message}")
    return Verdict(
        Outcome.INVALID,
        422,
        configured(definition, "error_response", default),
        definition,
        code=code,
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
