"""A change of configuration: one or more entities, all or nothing. The topic `config`, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Change", "ChangeItem", "EntityKind"]


class EntityKind(StrEnum):
    """What can be configured."""

    ACCOUNT = "account"
    INCOMING_WEBHOOK = "incoming_webhook"
    SITE = "site"
    SUBSCRIPTION = "subscription"
    CUSTOM_ACTION = "custom_action"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem:
    """One entity's new revision. `base_revision` is the one it was made from, 0 for a new entity."""

    kind: EntityKind
    id: str
    base_revision: int
    body: str  # JSON text of the definition, secrets sealed; "" deletes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one save, or one `apply`, asks for. The fold takes all of it or refuses all of it."""

    id: str
    account: str
    author: str
    at: int  # ms
    items: list[ChangeItem]
