"""Dry runs of subscriptions: what one, saved or not, would make of an event, and of the last events.

They take a key that may write, as those of incoming webhooks do: a criterion may be secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.kinds import SUBSCRIPTIONS, definition
from gateway.api.operations import Access, Call, Operation
from gateway.api.problems import invalid, missing
from gateway.api.reading import Reader
from gateway.api.validation import field_problems, validated
from projections.queries import events
from schemas.definitions.forms import Form
from schemas.errors import FieldError, FieldInvalid
from schemas.records import CustomerEvent, EntityKind
from streams.core.configuration import AccountState, Entity
from streams.core.definitions import secret_attributes
from streams.core.explaining import explain_filter
from streams.core.filtering import Subject, compile_filter
from streams.core.veil import Veil

__all__ = ["ConditionRuns", "of_conditions"]

MOST = 1000  # events of one answer
Body = Mapping[str, Any]


class ConditionRunSent(Form):
    """What to try a subscription on: exactly one of `event_id` and `last`."""

    definition: Annotated[
        dict[str, Any] | None, Field(description="a subscription, saved or not; null: as it is saved")
    ] = None
    event_id: Annotated[str | None, Field(min_length=1, max_length=256)] = None
    last: Annotated[int | None, Field(ge=1, le=MOST, description="so many of the account's last events")] = None

    @model_validator(mode="after")
    def _one_of(self) -> ConditionRunSent:
        if (self.event_id is None) is (self.last is None):
            raise ValueError("give exactly one of `event_id` and `last`")
        return self


class ConditionAnswer(BaseModel):
    """What the subscription makes of one event; state and site are not looked at."""

    outcome: Literal["matched", "action", "condition"]
    condition: Annotated[dict[str, Any], Field(description="the tree, `passed` at every node, `read` at each leaf")]


class EventsAnswer(BaseModel):
    """How many of the last events it takes."""

    checked: int
    matched_before: Annotated[int | None, Field(description="as it is saved; null where it is not")]
    matched_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRuns:
    """The handlers."""

    changer: Changer
    reader: Reader

    async def saved(self, call: Call) -> Answer:
        """Try one that is saved, or what it is to become."""
        stored = self._state(call).of(EntityKind.SUBSCRIPTION).get(call.path["id"])
        if stored is None:
            raise missing()
        return await self._run(call, stored)

    async def unsaved(self, call: Call) -> Answer:
        """Try one that nobody has saved."""
        self._state(call)
        return await self._run(call, None)

    def _state(self, call: Call) -> AccountState:
        state = self.changer.configuration.account(call.account)
        if state is None:
            raise missing()
        return state

    async def _run(self, call: Call, stored: Entity | None) -> Answer:
        sent = validated(ConditionRunSent, call.body)
        before = None if stored is None else self.changer.plain(stored)
        after = before if sent.definition is None else self._checked(sent.definition, stored)
        if after is None:
            raise invalid([FieldError("definition", "is missing: nothing is saved")])
        account, event_id, last = call.account, sent.event_id, sent.last or MOST
        if event_id is None:
            return Answer(await self.reader.read(lambda c: counted(c, account, last, before, after)))
        found = await self.reader.read(lambda c: events.stored(c, account, event_id))
        if found is None:
            raise invalid([FieldError("event_id", "there is no such event")])
        return Answer(told(after, found))

    def _checked(self, sent: dict[str, Any], stored: Entity | None) -> Body:
        try:
            kept = self.changer.with_kept(sent, stored)
        except FieldInvalid as error:
            raise invalid([FieldError(f"definition.{error.path}", error.message)]) from None
        model, problems = field_problems(SUBSCRIPTIONS.sent, kept)
        if model is None:
            raise invalid(FieldError(f"definition.{each.path}".rstrip("."), each.message) for each in problems)
        return definition(model)


def told(body: Body, event: CustomerEvent) -> dict[str, Any]:
    condition, seen = body.get("condition"), subject_of(event)
    tree = explain_filter(condition, seen, Veil(secret_attributes(condition) if condition else ()))
    outcome = "action" if not lists(body, event) else "matched" if tree["passed"] else "condition"
    return {"outcome": outcome, "condition": tree}


def counted(connection: Connection, account: str, last: int, before: Body | None, after: Body) -> dict[str, Any]:
    matches_before, matches_after = None if before is None else matching(before), matching(after)
    checked, count_before, count_after = 0, 0, 0
    for event in events.latest(connection, account, last):
        checked += 1
        count_before += matches_before is not None and matches_before(event)
        count_after += matches_after(event)
    return {
        "checked": checked,
        "matched_before": None if before is None else count_before,
        "matched_after": count_after,
    }


def matching(body: Body) -> Callable[[CustomerEvent], bool]:
    """Whether a subscription takes an event."""
    compiled = compile_filter(body.get("condition"), "condition")
    return lambda event: lists(body, event) and compiled.failure(subject_of(event)) is None


def lists(body: Body, event: CustomerEvent) -> bool:
    return "*" in body["actions"] or event.action in body["actions"]


def subject_of(event: CustomerEvent) -> Subject:
    return Subject({"customer": event.customer, "action": event.action, "data": json.loads(event.data or "{}")})


def of_conditions(door: ConditionRuns) -> Iterator[Operation]:
    """The operations: paths of words, tried before those of subscriptions."""
    tried = {
        "/v1/{account}/subscriptions/dry-run": (door.unsaved, "an unsaved subscription"),
        "/v1/{account}/subscriptions/{id}/dry-run": (door.saved, "a saved subscription, or what it is to become,"),
    }
    for path, (handle, what) in tried.items():
        yield Operation(
            method="POST",
            path=path,
            access=Access.WRITE,
            tag="Subscriptions",
            summary=f"Try {what} on an event, or on the last of them",
            handle=handle,
            body=ConditionRunSent,
            answer=ConditionAnswer | EventsAnswer,
            problems=("invalid",),
        )
