"""Applies a whole configuration: compared by name with what is there; what differs becomes one change, all or nothing.

It creates and changes what it names; what it does not name stays, unless it is pruned. The state of what exists is left
alone unless that is asked for; what is new has the state that is given. Secrets are compared in clear, so applying the
same twice writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.api.changing import Changer, Item
from gateway.api.checks import Checks
from gateway.api.kinds import CUSTOM_ACTIONS, INCOMING_WEBHOOKS, SITES, SUBSCRIPTIONS, Kind, definition
from gateway.api.problems import invalid
from gateway.api.pruning import items_that_remove, names_of
from gateway.api.sealed import opened, restored
from gateway.api.validation import field_problems
from gateway.identifiers import time_ordered
from schemas.definitions.forms import State
from schemas.errors import FieldError, FieldInvalid
from streams.core.configuration import AccountState, Entity

__all__ = ["SECTIONS", "Applied", "How", "Plan", "plan"]

SECTIONS: dict[str, Kind] = {  # in the order in which they are made: each names only what stands before it
    "custom_actions": CUSTOM_ACTIONS,
    "incoming_webhooks": INCOMING_WEBHOOKS,
    "sites": SITES,
    "subscriptions": SUBSCRIPTIONS,
}

REFUSED = "refused"  # in place of the id of a site that is not made


@dataclass(frozen=True, slots=True)
class How:
    """How to apply: `prune` what is not named, take `state` for what exists too, open `sealed` secrets of a backup."""

    prune: bool = False
    state: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What becomes of one thing: created, updated, unchanged, archived or removed; and what is written for that."""

    section: str
    index: int | None  # in its section; None for what is not named there
    name: str
    change: str
    items: tuple[Item, ...] = ()

    @property
    def path(self) -> str:
        """Where it stands in what was sent."""
        return self.section if self.index is None else f"{self.section}.{self.index}"


@dataclass(slots=True)
class Plan:
    """What an apply would do, and everything that keeps it from being done."""

    applied: list[Applied] = field(default_factory=list)
    pruned: list[Applied] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)

    @property
    def items(self) -> list[tuple[Item, Applied]]:
        """What is to be written, and for which thing; what is pruned makes room first."""
        return [(item, each) for each in (*self.pruned, *self.applied) for item in each.items]


def plan(sent: Any, state: AccountState, changer: Changer, checks: Checks, how: How) -> Plan:
    """Compare what was sent with an account.

    Raises:
        Problem: fields are wrong; all of them are named.
    """
    if not isinstance(sent, dict):
        raise invalid([FieldError("", "send a configuration as a JSON object")])
    found = Plan(problems=[FieldError(name, f"is none of account, {', '.join(SECTIONS)}") for name in unknown(sent)])
    walk = _Walk(state, changer, checks, found, how)
    if how.prune:
        walk.prune(sent)
    for section, kind in SECTIONS.items():
        walk.section(section, kind, sent.get(section))
    if found.problems:
        raise invalid(found.problems)
    return found


def unknown(sent: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in sent if name not in SECTIONS and name != "account")


class _Walk:
    """One pass over the sections; what is new is known to the sections after it."""

    def __init__(self, state: AccountState, changer: Changer, checks: Checks, found: Plan, how: How) -> None:
        self.changer = changer
        self.checks = checks
        self.found = found
        self.how = how
        self.living = {kind.entity: by_name(state, kind) for kind in SECTIONS.values()}
        self.sites = {site.id: site.state or "" for site in self.living[SITES.entity].values()}
        self.site_ids = {name: site.id for name, site in self.living[SITES.entity].items()}
        self.actions: dict[str, Any] = dict(state.of(CUSTOM_ACTIONS.entity))

    def prune(self, sent: Mapping[str, Any]) -> None:
        """Take away what is not named, the newest kind first: for what comes after it is gone."""
        for section, kind in reversed(SECTIONS.items()):
            for name in sorted(self.living[kind.entity].keys() - names_of(sent.get(section))):
                entity = self.living[kind.entity].pop(name)
                items = items_that_remove(kind, entity, self.changer)
                self.found.pruned.append(Applied(section, None, name, "archived" if kind.verbs else "removed", items))
                if kind is SITES:
                    del self.sites[entity.id], self.site_ids[name]
                elif kind is CUSTOM_ACTIONS:
                    del self.actions[name]

    def section(self, name: str, kind: Kind, members: Any) -> None:
        if members is None:
            return
        if not isinstance(members, list):
            self.found.problems.append(FieldError(name, "must be a list"))
            return
        seen: set[str] = set()
        for index, member in enumerate(members):
            path = f"{name}.{index}"
            try:
                applied = self.member(name, index, kind, member)
            except FieldInvalid as error:
                self.found.problems.append(FieldError(f"{path}.{error.path}".rstrip("."), error.message))
                applied = None
            if applied is None:
                self.assume(kind, member)
                continue
            if applied.name in seen:
                self.found.problems.append(FieldError(f"{path}.name", f"{applied.name!r} stands twice"))
            seen.add(applied.name)
            self.found.applied.append(applied)

    def member(self, section: str, index: int, kind: Kind, member: Any) -> Applied | None:
        """What becomes of one member; None where something is wrong with it, which is noted."""
        if not isinstance(member, dict):
            raise FieldInvalid("", f"must be {kind.a_one}")
        sent = self.with_site_id(member) if kind is SUBSCRIPTIONS else member
        sent, details = opened(sent, self.changer.keyring.open_text) if self.how.sealed else (sent, {})
        name = sent.get("name")
        entity = self.living[kind.entity].get(name.strip()) if isinstance(name, str) else None
        stored = None if entity is None else self.changer.plain(entity)
        completed = self.checks.completed(kind.entity, self.changer.with_kept(sent, entity))
        model, problems = field_problems(kind.sent, completed)
        body = definition(model) if model is not None else {}
        if model is not None:
            keep_state(body, sent, stored, given=self.how.state)
            problems = list(self.checks.problems(kind.entity, body, self.sites, self.actions))
        if problems:
            self.note(f"{section}.{index}", problems, named_site="site" in member)
            return None
        if entity is not None and body == stored:
            return Applied(section, index, body["name"], "unchanged")
        item = self.item(kind, restored(body, details), entity)
        return Applied(section, index, body["name"], "updated" if entity else "created", (item,))

    def assume(self, kind: Kind, member: Any) -> None:
        """What was refused counts as there for the sections that come after: one mistake is told once."""
        name = member.get("name") if isinstance(member, dict) else None
        if not isinstance(name, str):
            return
        if kind is SITES:
            self.site_ids.setdefault(name.strip(), REFUSED)
            self.sites[REFUSED] = State.ACTIVE.value
        elif kind is CUSTOM_ACTIONS:
            self.actions.setdefault(name.strip(), None)

    def item(self, kind: Kind, body: dict[str, Any], entity: Entity | None) -> Item:
        """What is to be written, known to the sections that come after."""
        if entity is not None:
            item = Item(kind.entity, entity.id, entity.revision, body)
        else:
            item = Item(kind.entity, time_ordered(kind.prefix) if kind.prefix else body["name"], 0, body)
        if kind is SITES:
            self.sites[item.id], self.site_ids[body["name"]] = body["state"], item.id
        elif kind is CUSTOM_ACTIONS:
            self.actions[body["name"]] = None
        return item

    def with_site_id(self, member: dict[str, Any]) -> dict[str, Any]:
        """A subscription names its site; `site_id` is as good."""
        if "site" not in member:
            return member
        site_id = self.site_ids.get(member["site"]) if isinstance(member["site"], str) else None
        if site_id is None:
            known = ", ".join(self.site_ids) or "none"
            raise FieldInvalid("site", f"there is no site named {member['site']!r}; there are: {known}")
        return {**{name: value for name, value in member.items() if name != "site"}, "site_id": site_id}

    def note(self, path: str, problems: list[FieldError], *, named_site: bool) -> None:
        for problem in problems:
            inner = "site" if named_site and problem.path == "site_id" else problem.path
            self.found.problems.append(FieldError(f"{path}.{inner}".rstrip("."), problem.message))


def by_name(state: AccountState, kind: Kind) -> dict[str, Entity]:
    """What is not archived; names are unique among it."""
    living = (each for each in state.of(kind.entity).values() if each.state != State.ARCHIVED.value)
    return {each.body["name"]: each for each in living if each.body is not None}


def keep_state(body: dict[str, Any], sent: Mapping[str, Any], stored: Mapping[str, Any] | None, *, given: bool) -> None:
    """What exists keeps its state unless the given one is wanted; a subscription keeps `active` where it is not given.

    Raises:
        FieldInvalid: it would be archived; that is for --prune, or for somebody's hand.
    """
    if body.get("state") == State.ARCHIVED.value and (stored is None or given):
        raise FieldInvalid("state", "nothing is made archived by its state; leave it out and prune")
    if stored is not None and "state" in body and not (given and "state" in sent):
        body["state"] = stored["state"]
    if stored is not None and "active" in body and "active" not in sent:
        body["active"] = stored["active"]
