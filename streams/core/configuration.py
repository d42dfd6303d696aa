"""The configuration as a fold of `config`: which changes are taken, and what holds now.

One partition, so one order: every process that folds to the same offset has the same configuration. The fold checks
only revisions and uniqueness, by rules that never change; fields were validated at the door, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.definitions.forms import State
from schemas.errors import ConfigurationRefused, FieldError
from schemas.records import Change, ChangeItem, EntityKind
from schemas.times import iso

__all__ = ["AccountState", "Configuration", "Entity", "Folded", "existing"]

ARCHIVED = State.ARCHIVED.value
ACTIVE = State.ACTIVE.value
OPERATOR = ""  # the account of keys that belong to the operator


@dataclass(frozen=True, slots=True)
class Entity:
    """One revision of one thing. `body` is as it was stored, secrets sealed; None once deleted."""

    kind: EntityKind
    id: str
    account: str
    revision: int
    body: dict[str, Any] | None
    author: str
    at: int  # ms
    offset: int  # of the change in `config`

    @property
    def state(self) -> str | None:
        """The life-cycle state, for kinds that have one."""
        return None if self.body is None else self.body.get("state")


@dataclass(frozen=True, slots=True)
class AccountState:
    """What one account has, by kind and id, in order of creation. Never changed in place."""

    name: str
    entities: dict[EntityKind, dict[str, Entity]] = field(default_factory=dict)

    def of(self, kind: EntityKind) -> dict[str, Entity]:
        """The living entities of one kind, archived ones too."""
        return self.entities.get(kind, {})

    def with_entity(self, entity: Entity) -> AccountState:
        """A copy that has this revision."""
        kind = {**self.of(entity.kind), entity.id: entity}
        if entity.body is None:
            del kind[entity.id]
        return replace(self, entities={**self.entities, entity.kind: kind})


@dataclass(frozen=True, slots=True)
class Folded:
    """The fold up to and with one offset of `config`; -1 is before the first."""

    offset: int = -1
    accounts: Mapping[str, AccountState] = field(default_factory=dict)


class Configuration:
    """The fold's state. One thread applies; others may read at any time: what they read is never changed in place."""

    def __init__(self) -> None:
        self.folded = Folded()  # offset and accounts change together, in one assignment
        self.history: dict[tuple[str, EntityKind, str], tuple[Entity, ...]] = {}
        self.changed: dict[tuple[str, EntityKind], int] = {}  # the offset of the last change of a kind

    @property
    def offset(self) -> int:
        """Of the last change folded."""
        return self.folded.offset

    @property
    def accounts(self) -> Mapping[str, AccountState]:
        """Every account, by name."""
        return self.folded.accounts

    def account(self, name: str) -> AccountState | None:
        """An account that exists; None for one that does not."""
        return existing(self.folded, name)

    def revision(self, account: str, kind: EntityKind, entity_id: str, revision: int) -> Entity | None:
        """One revision of one entity, deleted and archived ones too."""
        revisions = self.history.get((account, kind, entity_id), ())
        return revisions[revision - 1] if 0 < revision <= len(revisions) else None

    def apply(self, offset: int, change: Change) -> ConfigurationRefused | None:
        """Fold one change: all its items, or, where one does not fit, none. Answers the refusal, paths by item."""
        folded = self._folded(offset, change)
        if isinstance(folded, ConfigurationRefused):
            self.skip(offset)
            return folded
        accounts, entities = folded
        for entity in entities:
            name = (entity.account, entity.kind, entity.id)
            self.history[name] = (*self.history.get(name, ()), entity)
            self.changed[entity.account, entity.kind] = offset
        self.folded = Folded(offset, {**self.accounts, **accounts})
        return None

    def preview(self, change: Change) -> ConfigurationRefused | None:
        """What `apply` would answer if nothing else came before it; nothing is changed."""
        folded = self._folded(self.offset + 1, change)
        return folded if isinstance(folded, ConfigurationRefused) else None

    def skip(self, offset: int) -> None:
        """Pass over a record that changes nothing."""
        self.folded = replace(self.folded, offset=offset)

    def as_of(self, account: str, kind: EntityKind, offset: int) -> list[Entity]:
        """What an account had of one kind when `config` was folded up to `offset`."""
        found = []
        for (owner, of_kind, _), revisions in list(self.history.items()):
            if owner == account and of_kind is kind:
                then = [each for each in revisions if each.offset <= offset]
                found += [each for each in then[-1:] if each.body is not None]
        return found

    def _folded(
        self, offset: int, change: Change
    ) -> tuple[dict[str, AccountState], list[Entity]] | ConfigurationRefused:
        state = self.accounts.get(change.account) or AccountState(change.account)
        entities: list[Entity] = []
        for index, item in enumerate(change.items):
            again = sum(entity.id == item.id and entity.kind is item.kind for entity in entities)
            entity = self._next(item, change, offset, again)
            refused = self._refused(state, item, entity)
            if entity is None or refused is not None:
                return of_item(index, refused or unreadable())
            entities.append(entity)
            state = state.with_entity(entity)
        return {change.account: state}, entities

    def _next(self, item: ChangeItem, change: Change, offset: int, again: int) -> Entity | None:
        """The revision that an item would be; `again`: how many of one change came before it. None: unreadable."""
        try:
            body = json.loads(item.body) if item.body else None
        except (ValueError, RecursionError):
            return None
        if item.body and not isinstance(body, dict):
            return None
        revision = len(self.history.get((change.account, item.kind, item.id), ())) + again + 1
        return Entity(item.kind, item.id, change.account, revision, body, change.author, change.at, offset)

    def _refused(self, state: AccountState, item: ChangeItem, entity: Entity | None) -> ConfigurationRefused | None:
        current = state.of(item.kind).get(item.id)
        if entity is None:
            return unreadable()
        if (current.revision if current else 0) != item.base_revision:
            return stale(current)
        if current is not None and current.state == ARCHIVED:
            return refused("archived", "state", "it is archived, and archived things never change")
        if entity.body is None or entity.state == ARCHIVED:
            return None
        others = [other for other in state.of(item.kind).values() if other.id != item.id and other.state != ARCHIVED]
        return name_taken(entity, others) or endpoint_taken(entity, others)


def existing(folded: Folded, name: str) -> AccountState | None:
    """An account that exists in a fold; None for one that does not."""
    state = folded.accounts.get(name)
    return state if state is not None and state.of(EntityKind.ACCOUNT) else None


def refused(code: str, path: str, message: str) -> ConfigurationRefused:
    return ConfigurationRefused(code, (FieldError(path, message),))


def stale(current: Entity | None) -> ConfigurationRefused:
    """Made from another revision than the newest, which is somebody's."""
    by = (
        ""
        if current is None
        else f": its revision {current.revision} was saved at {iso(current.at)} by {current.author}"
    )
    return refused("stale_revision", "revision", f"it was changed meanwhile{by}; read it again and repeat your change")


def unreadable() -> ConfigurationRefused:
    return refused("unreadable", "", "this item is not a JSON object")


def of_item(index: int, found: ConfigurationRefused) -> ConfigurationRefused:
    """The same refusal with paths that begin with the item that it is about: `items.0.name`."""
    paths = (FieldError(f"items.{index}.{error.path}".rstrip("."), error.message) for error in found.errors)
    return ConfigurationRefused(found.code, tuple(paths))


def name_taken(entity: Entity, others: Iterable[Entity]) -> ConfigurationRefused | None:
    name = (entity.body or {}).get("name")
    if name is None or all((other.body or {}).get("name") != name for other in others):
        return None
    return refused("name_taken", "name", f"another one is named {name!r}; names are unique in an account")


def endpoint_taken(entity: Entity, others: Iterable[Entity]) -> ConfigurationRefused | None:
    """Several active webhooks may share method and endpoint when all of them have filters."""
    body = entity.body or {}
    if entity.kind is not EntityKind.INCOMING_WEBHOOK or entity.state != ACTIVE:
        return None
    for other in others:
        theirs = other.body or {}
        same = all(theirs.get(key) == body.get(key) for key in ("method", "endpoint"))
        if other.state == ACTIVE and same and not (theirs.get("filters") and body.get("filters")):
            return refused(
                "endpoint_taken",
                "endpoint",
                f"{body.get('method')} {body.get('endpoint')} is taken by {theirs.get('name')!r}; "
                "webhooks that share an endpoint all need filters",
            )
    return None
