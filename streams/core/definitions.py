"""Definitions, compiled: what the fold of `config` stored, ready for requests and events to be tried against.

Built from the stored JSON as it is (an upgrade must not re-decide history), once a revision, then kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schemas.definitions.forms import State
from schemas.definitions.secret_lists import expiries
from schemas.definitions.secrets import unseal
from schemas.records import EntityKind
from streams.core.configuration import AccountState, Configuration, Entity, existing
from streams.core.deduplicating import Deduplication, compile_deduplication
from streams.core.filtering import Compiled, compile_filter
from streams.core.verifying import Verifier, compile_verification

__all__ = ["AccountView", "Compiler", "Receiving", "Subscribed", "receiving_of"]

MOST_PAST = 1000  # views of earlier offsets that are kept


@dataclass(frozen=True, slots=True)
class Receiving:
    """One revision of an incoming webhook."""

    entity: Entity
    filters: Compiled
    secrets: frozenset[str]  # the attributes that secret criteria read
    verifier: Verifier
    deduplication: Deduplication | None

    @property
    def body(self) -> Mapping[str, Any]:
        """The stored definition."""
        return self.entity.body or {}

    @property
    def active(self) -> bool:
        """Whether requests can be accepted by it."""
        return self.entity.state == State.ACTIVE.value


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One active subscription with its site."""

    entity: Entity
    site: Entity
    actions: frozenset[str]
    condition: Compiled
    path: str | None

    def wants(self, action: str) -> bool:
        """Whether it lists the action, or every action."""
        return "*" in self.actions or action in self.actions


@dataclass(frozen=True, slots=True)
class AccountView:
    """What one account has, ready for use; made anew when the account changes."""

    state: AccountState
    endpoints: Mapping[str, tuple[Receiving, ...]]  # not archived, in order of creation
    subscriptions: tuple[Subscribed, ...]
    custom_actions: Mapping[str, frozenset[str]]  # name -> number fields
    offset: int  # of `config`: what is decided with this view is decided under it


class Compiler:
    """Compiles what `configuration` holds; `open_sealed` gives the text of a sealed secret."""

    def __init__(self, configuration: Configuration, open_sealed: Callable[[str], str]) -> None:
        self._configuration = configuration
        self._open = open_sealed
        self._views: dict[str, AccountView] = {}
        self._receiving: dict[tuple[str, str, int], Receiving] = {}
        self._past: dict[tuple[str, int], AccountView] = {}

    def account(self, name: str) -> AccountView | None:
        """An account's view as of now; None where there is no such account."""
        folded = self._configuration.folded
        state = existing(folded, name)
        if state is None:
            return None
        view = self._views.get(name)
        if view is None or view.state is not state:
            view = self._views[name] = self._view(state, folded.offset)
        return view

    def account_as_of(self, name: str, offset: int) -> AccountView | None:
        """An account's view with the custom actions that it had at an earlier `offset`: what decided a request then."""
        view = self.account(name)
        if view is None or self._configuration.changed.get((name, EntityKind.CUSTOM_ACTION), -1) <= offset:
            return view
        past = self._past.get((name, offset))
        if past is None or past.state is not view.state:
            actions = self._configuration.as_of(name, EntityKind.CUSTOM_ACTION, offset)
            if len(self._past) > MOST_PAST:
                self._past.clear()
            past = self._past[name, offset] = replace(view, custom_actions=number_fields(actions))
        return past

    def receiving(self, account: str, definition_id: str, revision: int) -> Receiving | None:
        """One revision of an incoming webhook, whatever holds now."""
        entity = self._configuration.revision(account, EntityKind.INCOMING_WEBHOOK, definition_id, revision)
        return None if entity is None or entity.body is None else self._compiled(entity)

    def _view(self, state: AccountState, offset: int) -> AccountView:
        endpoints: dict[str, list[Receiving]] = {}
        for entity in state.of(EntityKind.INCOMING_WEBHOOK).values():
            if entity.body is not None and entity.state != State.ARCHIVED.value:
                endpoints.setdefault(entity.body["endpoint"], []).append(self._compiled(entity))
        return AccountView(
            state=state,
            endpoints={name: tuple(found) for name, found in endpoints.items()},
            subscriptions=tuple(subscribed(state, self._open)),
            custom_actions=number_fields(state.of(EntityKind.CUSTOM_ACTION).values()),
            offset=offset,
        )

    def _compiled(self, entity: Entity) -> Receiving:
        name = (entity.account, entity.id, entity.revision)
        found = self._receiving.get(name)
        if found is None:
            body = entity.body or {}
            ends = expiries((body.get("verification") or {}).get("secrets"))
            found = self._receiving[name] = receiving_of(entity, unseal(body, self._open), ends)
        return found


def number_fields(actions: Iterable[Entity]) -> dict[str, frozenset[str]]:
    """Custom actions by name, each with its number fields."""
    return {body["name"]: frozenset(body.get("number_fields", ())) for each in actions if (body := each.body)}


def receiving_of(entity: Entity, clear: Mapping[str, Any], ends: Sequence[int | None] = ()) -> Receiving:
    """One revision of an incoming webhook, compiled; `clear` is its definition with the secrets in clear.

    `ends` has until when the secrets of its verification are valid, in milliseconds; they do not end by default.
    """
    filters = clear.get("filters")
    return Receiving(
        entity=entity,
        filters=compile_filter(filters),
        secrets=frozenset(secret_attributes(filters)),
        verifier=compile_verification(clear.get("verification"), ends),
        deduplication=compile_deduplication(entity.id, clear.get("deduplicate")),
    )


def subscribed(state: AccountState, open_sealed: Callable[[str], str]) -> list[Subscribed]:
    """The subscriptions that are active and whose site is not archived."""
    found = []
    for entity in state.of(EntityKind.SUBSCRIPTION).values():
        body = unseal(entity.body or {}, open_sealed)
        site = state.of(EntityKind.SITE).get(body.get("site_id", ""))
        if body.get("active") and site is not None and site.state != State.ARCHIVED.value:
            condition = compile_filter(body.get("condition"), "condition")
            found.append(Subscribed(entity, site, frozenset(body["actions"]), condition, body.get("path")))
    return found


def secret_attributes(node: Mapping[str, Any] | None) -> Iterator[str]:
    """What secret criteria read; it is stored sealed."""
    if node is None:
        return
    for member in node.get("all") or node.get("any") or ():
        yield from secret_attributes(member)
    if node.get("secret"):
        yield str(node["attribute"])
