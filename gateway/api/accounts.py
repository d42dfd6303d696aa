"""Accounts and their API keys: the operator's part of the API."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.api.answers import Answer
from gateway.api.callers import Callers, hash_of
from gateway.api.changing import Changer, Item, single
from gateway.api.operations import AFTER_WITHIN, Call
from gateway.api.paging import page_of
from gateway.api.problems import invalid, missing
from gateway.api.shapes import AccountSent, KeySent
from gateway.api.times import iso
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from schemas.definitions import Account, Key
from schemas.errors import ConfigurationRefused, FieldError
from schemas.records import EntityKind
from schemas.times import iso_milliseconds
from streams.core.configuration import AccountState, Entity

__all__ = ["Accounts", "account_item"]

KEY_BYTES = 24
PREFIX = 5  # characters of a key that are shown

Show = Callable[[Entity], dict[str, Any]]
Entities = list[Entity]


@dataclass(frozen=True, slots=True)
class Accounts:
    """The handlers of accounts and keys."""

    changer: Changer
    callers: Callers

    async def list(self, call: Call) -> Answer:
        """All accounts."""
        reached = await self._reached(call)
        states = tuple(self.changer.configuration.accounts.values())
        entities = [entity for state in states for entity in state.of(EntityKind.ACCOUNT).values()]
        return self._page(call, entities, account_shown, stale=not reached)

    async def put(self, call: Call) -> Answer:
        """Make an account; one that is there stays as it is."""
        name = call.account
        sent = validated(AccountSent, call.body or {})
        if sent.account not in (None, name):
            raise invalid([FieldError("account", f"the path says {name}")])
        state = self.changer.configuration.account(name)
        if state is not None:
            return account_there(state)
        item = account_item(name, self.changer.now())
        try:
            position = await self._change(call, item)
        except ConfigurationRefused:  # somebody was faster
            if (state := self.changer.configuration.account(name)) is None:
                raise
            return account_there(state)
        return Answer({**(item.body or {}), "position": position}, 201)

    async def list_keys(self, call: Call) -> Answer:
        """An account's keys, never themselves."""
        reached = await self._reached(call)
        keys = self._account(call).of(EntityKind.KEY).values()
        return self._page(call, list(keys), self._key_shown, stale=not reached)

    async def make_key(self, call: Call) -> Answer:
        """Make a key; the answer is the only place where it is ever seen."""
        self._account(call)
        sent = validated(KeySent, call.body)
        secret = f"hk_{secrets.token_hex(KEY_BYTES)}"
        key = Key(
            account=call.account,
            name=sent.name,
            prefix=secret[:PREFIX],
            hash=hash_of(secret),
            scope=sent.scope,
            created_at=iso(self.changer.now()),
            expires_at=moment(sent.expires_at, self.changer.now()),
        )
        item = Item(EntityKind.KEY, time_ordered("key"), 0, key.model_dump(mode="json"))
        position = await self._change(call, item)
        shown = {"id": item.id, **without_hash(item.body or {}), "last_used_at": None}
        return Answer({**shown, "key": secret, "position": position}, 201)

    async def delete_key(self, call: Call) -> Answer:
        """Remove a key; it is refused from now on."""
        entity = self._account(call).of(EntityKind.KEY).get(call.path["id"])
        if entity is None:
            raise missing()
        position = await self._change(call, Item(EntityKind.KEY, entity.id, entity.revision, None))
        return Answer(None, 204, {"Hookline-Position": str(position)})

    def _account(self, call: Call) -> AccountState:
        state = self.changer.configuration.account(call.account)
        if state is None:
            raise missing()
        return state

    def _key_shown(self, entity: Entity) -> dict[str, Any]:
        used = self.callers.last_used.get(entity.id)
        return {"id": entity.id, **without_hash(entity.body or {}), "last_used_at": None if used is None else iso(used)}

    async def _reached(self, call: Call) -> bool:
        after = call.query.after
        return after is None or await self.changer.reached(after, AFTER_WITHIN)

    async def _change(self, call: Call, item: Item) -> int:
        try:
            return await self.changer.change(call.account, call.author, [item])
        except ConfigurationRefused as refused:
            raise single(refused) from None

    def _page(self, call: Call, entities: Entities, show: Show, *, stale: bool) -> Answer:
        page, following = page_of(self.changer.configuration, entities, call.query.limit, call.query.cursor)
        items = [show(entity) for entity in page]
        return Answer({"items": items, "next": following, "as_of": iso(self.changer.now()), "stale": stale})


def account_item(name: str, now: int) -> Item:
    """A new account.

    Raises:
        Problem: the name is not one that an account can have.
    """
    account = validated(Account, {"account": name, "created_at": iso(now)})
    return Item(EntityKind.ACCOUNT, name, 0, account.model_dump(mode="json"))


def account_there(state: AccountState) -> Answer:
    """An account that is there already."""
    (entity,) = state.of(EntityKind.ACCOUNT).values()
    return Answer({**account_shown(entity), "position": entity.offset})


def account_shown(entity: Entity) -> dict[str, Any]:
    return dict(entity.body or {})


def without_hash(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("hash", "account")}


def moment(text: str | None, now: int) -> str | None:
    """A time with a zone that is to come, as all times are written here."""
    if text is None:
        return None
    if (found := iso_milliseconds(text, needs_zone=True)) is None:
        raise invalid([FieldError("expires_at", "must be ISO 8601 with a zone, such as 2027-01-01T00:00:00Z")])
    if found <= now:
        raise invalid([FieldError("expires_at", "has passed: this key would never be good")])
    return iso(found)
