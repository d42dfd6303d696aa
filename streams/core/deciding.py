"""Deciding, told: what each subscription made of an event, and each definition of a request, with the reason.

The rules are those of routing and receiving; nothing is decided here, it is said again under the configuration of then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from schemas.definitions.forms import State
from schemas.definitions.secrets import unseal
from schemas.records import EntityKind
from streams.core.arriving import Arrived, BodyMalformed, ContentTypeRefused, body_of
from streams.core.configuration import Configuration, Entity
from streams.core.definitions import Receiving, secret_attributes
from streams.core.explaining import told
from streams.core.filtering import Compiled, Subject, compile_filter
from streams.core.veil import Veil

__all__ = ["Decision", "decisions", "offset_at", "tried"]

Open = Callable[[str], str]  # the text of a sealed secret


class Decision(StrEnum):
    """What a subscription made of an event."""

    MATCHED = "matched"
    ACTION = "action"  # it does not list the action
    CONDITION = "condition"  # its condition did not pass
    INACTIVE = "inactive"
    NO_SITE = "no_site"  # its site is gone or archived


class Trial(StrEnum):
    """What a definition made of a request."""

    PASSED = "passed"
    FILTERED = "filtered"
    UNVERIFIED = "unverified"


def offset_at(configuration: Configuration, account: str, at: int) -> int:
    """The offset of `config` that held for an account at a time (ms), by the times that its changes bear; -1: none."""
    return max(
        (
            each.offset
            for (owner, _, _), revisions in list(configuration.history.items())
            if owner == account
            for each in revisions
            if each.at <= at
        ),
        default=-1,
    )


def decisions(
    configuration: Configuration, account: str, event: Mapping[str, Any], offset: int, open_sealed: Open
) -> list[dict[str, Any]]:
    """What each subscription of then made of an event (`customer`, `action`, and `data` as JSON text)."""
    sites = {site.id: site for site in configuration.as_of(account, EntityKind.SITE, offset)}
    subject = Subject(
        {"customer": event["customer"], "action": event["action"], "data": json.loads(event["data"] or "{}")}
    )
    return [
        decision(each, sites.get((each.body or {}).get("site_id", "")), event["action"], subject, open_sealed)
        for each in configuration.as_of(account, EntityKind.SUBSCRIPTION, offset)
    ]


def decision(
    subscription: Entity, site: Entity | None, action: str, subject: Subject, open_sealed: Open
) -> dict[str, Any]:
    body = unseal(subscription.body or {}, open_sealed)
    outcome, criterion, read = outcome_of(body, site, action, subject)
    return {
        "subscription_id": subscription.id,
        "subscription_name": body.get("name"),
        "revision": subscription.revision,
        "site_id": body.get("site_id"),
        "site_name": site.body.get("name") if site and site.body else None,
        "outcome": outcome.value,
        "criterion": criterion,
        "read": read,
    }


def outcome_of(
    body: Mapping[str, Any], site: Entity | None, action: str, subject: Subject
) -> tuple[Decision, dict[str, Any] | None, str | None]:
    if not body.get("active"):
        return Decision.INACTIVE, None, None
    if site is None or site.state == State.ARCHIVED.value:
        return Decision.NO_SITE, None, None
    if "*" not in body["actions"] and action not in body["actions"]:
        return Decision.ACTION, None, action
    condition = body.get("condition")
    criterion, read = failing(
        compile_filter(condition, "condition"), subject, Veil(secret_attributes(condition)) if condition else Veil(())
    )
    return (Decision.MATCHED if criterion is None else Decision.CONDITION), criterion, read


def failing(compiled: Compiled, subject: Subject, veil: Veil) -> tuple[dict[str, Any] | None, str | None]:
    """The criterion that kept it from passing, and what that read; dots where it is hidden."""
    failure = compiled.failure(subject)
    if failure is None:
        return None, None
    criterion = {"path": failure.path, "attribute": failure.attribute, "operator": failure.operator}
    return criterion, told(subject.find(failure.attribute), hidden=veil.hides(failure.attribute))


def tried(candidates: Sequence[Receiving], arrived: Arrived, concealed: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The definitions that a request was tried on, in their order, up to the one that it passed."""
    return list(trials(candidates, arrived, tuple(concealed)))


def trials(candidates: Sequence[Receiving], arrived: Arrived, concealed: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        subject = arrived.subject(body_of(arrived.header("content-type"), arrived.body))
    except (ContentTypeRefused, BodyMalformed):
        return  # no filter was asked
    for each in candidates:
        outcome, criterion, read = trial(each, arrived, subject, concealed)
        yield {
            "definition_id": each.entity.id,
            "definition_name": each.body.get("name"),
            "revision": each.entity.revision,
            "outcome": outcome.value,
            "criterion": criterion,
            "read": read,
        }
        if outcome is Trial.PASSED:
            return


def trial(
    receiving: Receiving, arrived: Arrived, subject: Subject, concealed: Sequence[str]
) -> tuple[Trial, dict[str, Any] | None, str | None]:
    if not receiving.verifier.check(arrived.body, arrived.headers, arrived.received_at).verified:
        return Trial.UNVERIFIED, None, None
    criterion, read = failing(receiving.filters, subject, Veil([*receiving.secrets, *concealed]))
    return (Trial.PASSED if criterion is None else Trial.FILTERED), criterion, read
