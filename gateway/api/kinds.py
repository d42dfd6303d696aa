"""The kinds of things that an account configures: where they are, how they are written, what can be done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from gateway.api import shapes
from schemas.definitions.forms import State
from schemas.definitions.secrets import mask
from schemas.records import EntityKind
from streams.core.configuration import Entity

__all__ = [
    "CUSTOM_ACTIONS",
    "HANDED",
    "INCOMING_WEBHOOKS",
    "KINDS",
    "SITES",
    "SUBSCRIPTIONS",
    "Kind",
    "definition",
    "shown",
]

HANDED = {"id", "revision", "position", "health"}  # fields that come back with a definition and are no part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. `verbs`: what is POSTed to change the state; `given_state`: whether it may be made active."""

    entity: EntityKind
    path: str
    one: str
    sent: type[BaseModel]
    shown: type[BaseModel]
    written: type[BaseModel]
    prefix: str = ""  # of ids; none: the name is the id
    verbs: Mapping[str, State] = field(default_factory=dict)
    given_state: bool = False
    deletable: bool = False
    secrets: str = ""  # the field that may have a list of secrets

    @property
    def a_one(self) -> str:
        """`one` with its article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"


INCOMING_WEBHOOKS = Kind(
    entity=EntityKind.INCOMING_WEBHOOK,
    path="incoming-webhooks",
    one="incoming webhook",
    sent=shapes.IncomingWebhookSent,
    shown=shapes.IncomingWebhookShown,
    written=shapes.IncomingWebhookWritten,
    prefix="inw",
    verbs={"activate": State.ACTIVE, "deactivate": State.INACTIVE, "archive": State.ARCHIVED},
    secrets="verification",
)
SITES = Kind(
    entity=EntityKind.SITE,
    path="sites",
    one="site",
    sent=shapes.SiteSent,
    shown=shapes.SiteShown,
    written=shapes.SiteWritten,
    prefix="site",
    verbs={"enable": State.ACTIVE, "disable": State.INACTIVE, "archive": State.ARCHIVED},
    given_state=True,
    secrets="authentication",
)
SUBSCRIPTIONS = Kind(
    entity=EntityKind.SUBSCRIPTION,
    path="subscriptions",
    one="subscription",
    sent=shapes.SubscriptionSent,
    shown=shapes.SubscriptionShown,
    written=shapes.SubscriptionWritten,
    prefix="sub",
    deletable=True,
)
CUSTOM_ACTIONS = Kind(
    entity=EntityKind.CUSTOM_ACTION,
    path="custom-actions",
    one="custom action",
    sent=shapes.CustomActionSent,
    shown=shapes.CustomActionShown,
    written=shapes.CustomActionWritten,
    deletable=True,
)
KINDS = (INCOMING_WEBHOOKS, SITES, SUBSCRIPTIONS, CUSTOM_ACTIONS)


def shown(entity: Entity) -> dict[str, Any]:
    """An entity as people see it: secrets are dots; how a site does is filled in by whoever knows."""
    health = {"health": None} if entity.kind is EntityKind.SITE else {}
    return {"id": entity.id, **mask(entity.body or {}), "revision": entity.revision, **health}


def definition(sent: BaseModel) -> dict[str, Any]:
    """What is stored of a model that was sent."""
    return sent.model_dump(mode="json", by_alias=True, exclude=HANDED)
