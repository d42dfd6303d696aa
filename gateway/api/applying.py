"""Applies a whole configuration: compared by name with what is there; what differs becomes one change, all or nothing.

It creates and changes what it names and removes nothing. The state of what exists is left alone; what is new has the
state that is given. Secrets are compared in clear, so applying the same twice writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.api.changing import Changer, Item
from gateway.api.checks import Checks
from gateway.api.kinds import CUSTOM_ACTIONS, INCOMING_WEBHOOKS, SITES, SUBSCRIPTIONS, Kind, definition
from gateway.api.problems import invalid
from gateway.api.validation import field_problems
from gateway.identifiers import time_ordered
from schemas.definitions.forms import State
from schemas.errors import FieldError, FieldInvalid
from streams.core.configuration import AccountState, Entity

__all__ = ["SECTIONS", "Applied", "Plan", "plan"]

SECTIONS: dict[str, Kind] = {  # in the order in which they are made: each names only what stands before it
    "custom_actions": CUSTOM_ACTIONS,
    "incoming_webhooks": INCOMING_WEBHOOKS,
    "sites": SITES,
    "subscriptions": SUBSCRIPTIONS,
}

REFUSED = "refused"  # in place of the id of a site that is not made


@dataclass(frozen=True, slots=True)
class Applied:
    """What becomes of one thing that was named: created, updated or unchanged."""

    section: str
    index: int
    name: str
    change: str
    item: Item | None

    @property
    def path(self) -> str:
        """Where it stands in what was sent."""
        return f"{self.section}.{self.index}"


@dataclass(slots=True)
class Plan:
    """What an apply would do, and everything that keeps it from being done."""

    applied: list[Applied] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)

    @property
    def items(self) -> list[Applied]:
        """What is to be written."""
        return [each for each in self.applied if each.item is not None]


def plan(sent: Any, state: AccountState, changer: Changer, checks: Checks) -> Plan:
    """Compare what was sent with an account.

    Raises:
        Problem: fields are wrong; all of them are named.
    """
    if not isinstance(sent, dict):
        raise invalid([FieldError("", "send a configuration as a JSON object")])
    found = Plan(problems=[FieldError(name, f"is none of account, {', '.join(SECTIONS)}") for name in unknown(sent)])
    walk = _Walk(state, changer, checks, found)
    for section, kind in SECTIONS.items():
        walk.section(section, kind, sent.get(section))
    if found.problems:
        raise invalid(found.problems)
    return found


def unknown(sent: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in sent if name not in SECTIONS and name != "account")


class _Walk:
    """One pass over the sections; what is new is known to the sections after it."""

    def __init__(self, state: AccountState, changer: Changer, checks: Checks, found: Plan) -> None:
        self.changer = changer
        self.checks = checks
        self.found = found
        self.living = {kind.entity: by_name(state, kind) for kind in SECTIONS.values()}
        self.sites = {site.id: site.state or "" for site in self.living[SITES.entity].values()}
        self.site_ids = {name: site.id for name, site in self.living[SITES.entity].items()}
        self.actions: dict[str, Any] = dict(state.of(CUSTOM_ACTIONS.entity))

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
        name = sent.get("name")
        entity = self.living[kind.entity].get(name.strip()) if isinstance(name, str) else None
        stored = None if entity is None else self.changer.plain(entity)
        completed = self.checks.completed(kind.entity, self.changer.with_kept(sent, entity))
        model, problems = field_problems(kind.sent, completed)
        body = definition(model) if model is not None else {}
        if model is not None:
            keep_state(body, sent, stored)
            problems = list(self.checks.problems(kind.entity, body, self.sites, self.actions))
        if problems:
            self.note(f"{section}.{index}", problems, named_site="site" in member)
            return None
        if entity is not None and body == stored:
            return Applied(section, index, body["name"], "unchanged", None)
        item = self.item(kind, body, entity)
        return Applied(section, index, body["name"], "updated" if entity else "created", item)

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


def keep_state(body: dict[str, Any], sent: Mapping[str, Any], stored: Mapping[str, Any] | None) -> None:
    """What exists keeps its state; a subscription keeps `active` where that is not given."""
    if stored is None and body.get("state") == State.ARCHIVED.value:
        raise FieldInvalid("state", "nothing is made archived")
    if stored is not None and "state" in body:
        body["state"] = stored["state"]
    if stored is not None and "active" in body and "active" not in sent:
        body["active"] = stored["active"]
