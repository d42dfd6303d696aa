"""Takes away what an apply does not name: what has a life-cycle is archived, the rest removed; its log stays."""

from __future__ import annotations

from typing import Any

from gateway.api.changing import Changer, Item
from gateway.api.kinds import Kind
from schemas.definitions.forms import State
from streams.core.configuration import Entity

__all__ = ["items_that_remove", "names_of"]


def names_of(members: Any) -> set[str]:
    """The names that a section names."""
    if not isinstance(members, list):
        return set()
    named = (member.get("name") for member in members if isinstance(member, dict))
    return {name.strip() for name in named if isinstance(name, str)}


def items_that_remove(kind: Kind, entity: Entity, changer: Changer) -> tuple[Item, ...]:
    """What is written to take one thing away; what is active becomes inactive first, as by hand (DOMAIN 3)."""
    if not kind.verbs:
        return (Item(kind.entity, entity.id, entity.revision, None),)
    steps = (State.INACTIVE, State.ARCHIVED) if entity.state == State.ACTIVE.value else (State.ARCHIVED,)
    body = changer.plain(entity)
    return tuple(
        Item(kind.entity, entity.id, entity.revision + step, {**body, "state": state.value})
        for step, state in enumerate(steps)
    )
