"""Secrets of a thing that has several, so that they can be rotated: one is added, the older ones end, one is removed.

A new secret comes first. With an `overlap` the older ones are valid that much longer, and then retire by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.api.answers import Answer
from gateway.api.changing import Changer, Item, single
from gateway.api.kinds import Kind
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.api.secret_shapes import SecretSent
from gateway.api.times import iso
from gateway.api.validation import field_problems, validated
from gateway.identifiers import random_secret
from schemas.definitions.secret_lists import PLAIN, details, expiries, milliseconds
from schemas.definitions.secrets import SEALED, masked
from schemas.durations import parse_duration
from schemas.errors import ConfigurationRefused, FieldError
from streams.core.configuration import Entity

__all__ = ["Secrets"]

GIVEN = ("stripe", "shopify", "slack")  # whoever sends makes the secret


@dataclass(frozen=True, slots=True)
class Secrets:
    """The handlers of one kind's secrets."""

    kind: Kind
    changer: Changer

    async def add(self, call: Call) -> Answer:
        """Make a secret, or take the one that is sent; the answer is the only place where it is seen."""
        entity = self._entity(call)
        members = self._members(entity)
        sent, now = validated(SecretSent, call.body or {}), self.changer.now()
        older = [member for member, end in zip(members, expiries(members), strict=True) if end is None or end > now]
        text = self._new(entity) if sent.secret is None else sent.secret
        self._check(entity, [text, *map(self._plain, older)])
        end = None if sent.overlap is None else now + round(parse_duration(sent.overlap) * 1000)
        kept = [{**details(each), "expires_at": sooner(each, end), PLAIN: self._plain(each)} for each in older]
        position, stored = await self._change(call, entity, [text, *kept])
        made = masked(self._members(stored)[0])
        return Answer({**made, "secret": text, "revision": stored.revision, "position": position}, 201)

    async def remove(self, call: Call) -> Answer:
        """Retire one now; one that never ends by itself has to stay."""
        entity = self._entity(call)
        members = self._members(entity)
        left = [member for member in members if member["id"] != call.path["secret"]]
        if len(left) == len(members):
            raise missing()
        if all(end is not None for end in expiries(left)):
            raise Problem("wrong_state", "no secret would be left that stays valid; add another one first")
        position, _ = await self._change(call, entity, [self._plain(each) for each in left])
        return Answer(None, 204, {"Hookline-Position": str(position)})

    def _entity(self, call: Call) -> Entity:
        state = self.changer.configuration.account(call.account)
        entity = state.of(self.kind.entity).get(call.path["id"]) if state else None
        if entity is None:
            raise missing()
        return entity

    def _members(self, entity: Entity) -> list[dict[str, Any]]:
        holder = (entity.body or {})[self.kind.secrets]
        members: list[dict[str, Any]] = holder.get("secrets") or []
        if not members:
            raise Problem(
                "wrong_state", f"its {self.kind.secrets} is of type {holder['type']}, which has no list of secrets"
            )
        return members

    def _new(self, entity: Entity) -> str:
        kind = (entity.body or {})[self.kind.secrets]["type"]
        if kind in GIVEN:
            raise invalid([FieldError("secret", f"is missing: it is {kind} that makes it; send the one that it shows")])
        made = random_secret()
        return made if kind == "standard_webhooks" else made.removeprefix("whsec_")

    def _plain(self, member: dict[str, Any]) -> str:
        return self.changer.keyring.open_text(member[SEALED])

    def _body(self, entity: Entity, secrets: list[Any]) -> dict[str, Any]:
        plain = self.changer.plain(entity)
        return {**plain, self.kind.secrets: {**plain[self.kind.secrets], "secrets": secrets}}

    def _check(self, entity: Entity, texts: list[str]) -> None:
        _, problems = field_problems(self.kind.sent, self._body(entity, texts))
        found = [FieldError("secret", each.message) for each in problems if each.path.startswith(self.kind.secrets)]
        if found:
            raise invalid(found)

    async def _change(self, call: Call, entity: Entity, secrets: list[Any]) -> tuple[int, Entity]:
        item = Item(self.kind.entity, entity.id, entity.revision, self._body(entity, secrets))
        try:
            position = await self.changer.change(call.account, call.author, [item])
        except ConfigurationRefused as refused:
            raise single(refused) from None
        stored = self.changer.configuration.revision(call.account, self.kind.entity, entity.id, entity.revision + 1)
        return position, stored or entity


def sooner(member: dict[str, Any], end: int | None) -> str | None:
    """When a secret ends that is to end at `end`, unless it ends before."""
    own = member["expires_at"]
    if end is None or (own is not None and milliseconds(own) <= end):
        found: str | None = own
        return found
    return iso(end)
