"""One collection of an account's configuration: list, create, read, update, delete, states, revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from gateway.api.answers import Answer
from gateway.api.changing import Changer, Item, single
from gateway.api.checks import Checks
from gateway.api.kinds import Kind, definition, shown
from gateway.api.operations import AFTER_WITHIN, Call
from gateway.api.paging import page_of
from gateway.api.problems import Problem, invalid, missing
from gateway.api.revision_diffs import number_of
from gateway.api.times import iso
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from schemas.definitions.forms import State
from schemas.errors import ConfigurationRefused, FieldError, FieldInvalid
from schemas.records import EntityKind
from streams.core.configuration import AccountState, Entity

__all__ = ["Collection", "Fills", "custom_actions", "listed", "sites_of"]


class Fills(Protocol):
    """Who knows more of things than their configuration: fills it in where they are shown."""

    async def fill(self, account: str, items: Sequence[dict[str, Any]]) -> None:
        """Set what is known."""
        ...


@dataclass(frozen=True, slots=True)
class Collection:
    """The handlers of one kind."""

    kind: Kind
    changer: Changer
    checks: Checks
    more: tuple[Fills, ...] = ()

    async def list(self, call: Call) -> Answer:
        """All, archived ones too."""
        wanted = getattr(call.query, "state", None)
        answer = await listed(self.changer, self.kind, call, lambda entity: wanted in (None, entity.state))
        await self._filled(call, answer.body["items"])
        return answer

    async def list_active(self, call: Call) -> Answer:
        """Those that are active."""
        return await listed(self.changer, self.kind, call, lambda entity: entity.state == State.ACTIVE.value)

    async def read(self, call: Call) -> Answer:
        """One."""
        one = shown(self._entity(call))
        await self._filled(call, [one])
        return Answer(one)

    async def create(self, call: Call) -> Answer:
        """Make a new one; it is inactive unless its kind may be made active."""
        body = self._validated(call, None)
        if "state" in body and not self.kind.given_state:
            body["state"] = State.INACTIVE.value
        if body.get("state") == State.ARCHIVED.value:
            raise invalid([FieldError("state", "nothing is made archived")])
        entity_id = time_ordered(self.kind.prefix) if self.kind.prefix else body["name"]
        position = await self._change(call, Item(self.kind.entity, entity_id, 0, body))
        return self._written(call.account, entity_id, position, 201)

    async def update(self, call: Call) -> Answer:
        """Put a new revision in place of the one that it was made from."""
        entity = self._entity(call)
        body = self._validated(call, entity)
        sent = call.body
        if sent.get("id") not in (None, entity.id):
            raise invalid([FieldError("id", f"this is {entity.id}; an id never changes")])
        if sent.get("revision") is None:
            raise invalid([FieldError("revision", "is missing: send the one that your change was made from")])
        if "state" in body:
            body["state"] = self._kept_state(sent.get("state"), entity)
        if not self.kind.prefix and body["name"] != entity.id:
            raise invalid([FieldError("name", "is this one's identity, and never changes")])
        position = await self._change(call, Item(self.kind.entity, entity.id, sent["revision"], body))
        return self._written(call.account, entity.id, position)

    async def delete(self, call: Call) -> Answer:
        """Remove one for good; its revisions stay readable."""
        entity = self._entity(call)
        if self.kind.entity is EntityKind.CUSTOM_ACTION:
            refuse_used(self._state(call.account), entity.id)
        position = await self._change(call, Item(self.kind.entity, entity.id, entity.revision, None))
        return Answer(None, 204, {"Hookline-Position": str(position)})

    async def set_state(self, call: Call, state: State) -> Answer:
        """Walk the life-cycle: inactive <-> active, archived from inactive only."""
        entity = self._entity(call)
        if entity.state == state.value:
            return self._written(call.account, entity.id, entity.offset)
        if state is State.ARCHIVED and entity.state == State.ACTIVE.value:
            raise Problem("wrong_state", "it is active; only what is inactive can be archived")
        body = {**self.changer.plain(entity), "state": state.value}
        position = await self._change(call, Item(self.kind.entity, entity.id, entity.revision, body))
        return self._written(call.account, entity.id, position)

    async def restore(self, call: Call) -> Answer:
        """Make an earlier revision the newest again, as a new one. Its state, and its secrets where it has the same
        ones, stay those of today: a secret that was taken away does not come back by the way.
        """
        entity = self._entity(call)
        old = self.changer.configuration.revision(call.account, self.kind.entity, entity.id, number_of(call.path["n"]))
        if old is None or old.body is None:
            raise missing()
        body = {**self._with_secrets_of_today(old, entity), "id": entity.id, "revision": entity.revision}
        if "state" in body:
            body["state"] = entity.state
        return await self.update(replace(call, body=body))

    def _with_secrets_of_today(self, old: Entity, today: Entity) -> dict[str, Any]:
        sent, now, holder = shown(old), shown(today), self.kind.secrets
        if holder and sent[holder]["type"] == now[holder]["type"] and "secrets" in now[holder]:
            sent[holder]["secrets"] = now[holder]["secrets"]
        try:
            return self.changer.with_kept(sent, today)
        except FieldInvalid:  # today has none in that place
            return self.changer.with_kept(shown(old), old)

    async def revisions(self, call: Call) -> Answer:
        """Every revision, the newest first."""
        entity = self._entity(call)
        found = self.changer.configuration.history[(call.account, self.kind.entity, entity.id)]
        items = [
            {
                "revision": each.revision,
                "author": each.author,
                "at": iso(each.at),
                "position": each.offset,
                "definition": shown(each),
            }
            for each in reversed(found)
            if each.body is not None
        ]
        return Answer({"items": items, "next": None, "as_of": iso(self.changer.now()), "stale": False})

    async def _filled(self, call: Call, items: Sequence[dict[str, Any]]) -> None:
        for each in self.more:
            await each.fill(call.account, items)

    def _state(self, account: str) -> AccountState:
        state = self.changer.configuration.account(account)
        if state is None:
            raise missing()
        return state

    def _entity(self, call: Call) -> Entity:
        entity = self._state(call.account).of(self.kind.entity).get(call.path["id"])
        if entity is None:
            raise missing()
        return entity

    def _validated(self, call: Call, stored: Entity | None) -> dict[str, Any]:
        """The definition that was sent, masks replaced by what is stored, checked against the rest of the account."""
        if not isinstance(call.body, dict):
            raise invalid([FieldError("", f"send {self.kind.a_one} as a JSON object")])
        sent = self.changer.with_kept(call.body, stored)
        body = definition(validated(self.kind.sent, self.checks.completed(self.kind.entity, sent)))
        state = self._state(call.account)
        problems = tuple(self.checks.problems(self.kind.entity, body, sites_of(state), custom_actions(state)))
        if problems:
            raise invalid(problems)
        return body

    def _kept_state(self, sent: object, entity: Entity) -> str | None:
        if sent not in (None, entity.state):
            verbs = ", ".join(f"POST .../{verb}" for verb in self.kind.verbs)
            raise invalid([FieldError("state", f"is {entity.state}; it changes by {verbs}")])
        return entity.state

    async def _change(self, call: Call, item: Item) -> int:
        try:
            return await self.changer.change(call.account, call.author, [item])
        except ConfigurationRefused as refused:
            raise single(refused) from None

    def _written(self, account: str, entity_id: str, position: int, status: int = 200) -> Answer:
        entity = self._state(account).of(self.kind.entity).get(entity_id)
        if entity is None:
            raise missing()  # somebody has removed it already
        return Answer({**shown(entity), "position": position}, status)


async def listed(changer: Changer, kind: Kind, call: Call, wanted: Any) -> Answer:
    """One page of one kind, once `after` has been reached."""
    after = call.query.after
    reached = after is None or await changer.reached(after, AFTER_WITHIN)
    configuration = changer.configuration
    state = configuration.account(call.account)
    entities: Iterable[Entity] = state.of(kind.entity).values() if state else ()
    page, following = page_of(configuration, filter(wanted, entities), call.query.limit, call.query.cursor)
    items = [shown(entity) for entity in page]
    return Answer({"items": items, "next": following, "as_of": iso(changer.now()), "stale": not reached})


def sites_of(state: AccountState) -> Mapping[str, str]:
    """Every site's state."""
    return {site.id: site.state or "" for site in state.of(EntityKind.SITE).values()}


def custom_actions(state: AccountState) -> Mapping[str, Any]:
    """The account's own actions."""
    return state.of(EntityKind.CUSTOM_ACTION)


def refuse_used(state: AccountState, action: str) -> None:
    """An action stays while something names it."""
    users = [
        each.body["name"]
        for kind in (EntityKind.INCOMING_WEBHOOK, EntityKind.SUBSCRIPTION)
        for each in state.of(kind).values()
        if each.body is not None
        and each.state != State.ARCHIVED.value
        and (each.body.get("action") == action or action in each.body.get("actions", ()))
    ]
    if users:
        raise Problem("in_use", f"{action} is used by {', '.join(users)}; change or remove those first")
