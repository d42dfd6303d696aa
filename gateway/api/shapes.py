"""The shapes of what configuration's part of the API takes and gives; the OpenAPI document is made from them.

`Sent` is what a POST or PUT takes: what a GET gave is fine, `revision` being the one that the change was made from.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from gateway.api.operations import Query
from gateway.api.secret_shapes import AuthenticationShown, VerificationShown
from gateway.api.site_health import SiteHealth
from gateway.api.times import Time
from schemas.definitions import CustomAction, IncomingWebhook, Site, Subscription
from schemas.definitions.accounts import AccountName
from schemas.definitions.authentication import NoAuthentication
from schemas.definitions.forms import Form, Name, State
from schemas.definitions.verification import NoVerification

__all__ = [
    "AccountSent",
    "AccountShown",
    "AccountWritten",
    "ApplyDone",
    "ApplyQuery",
    "ApplySent",
    "BackedUp",
    "ConfigurationList",
    "CustomActionSent",
    "CustomActionShown",
    "CustomActionWritten",
    "Exported",
    "IncomingWebhookSent",
    "IncomingWebhookShown",
    "IncomingWebhookWritten",
    "KeyMade",
    "KeySent",
    "KeyShown",
    "ListQuery",
    "Revision",
    "SiteSent",
    "SiteShown",
    "SiteWritten",
    "StateQuery",
    "SubscriptionSent",
    "SubscriptionShown",
    "SubscriptionWritten",
]

Item = TypeVar("Item")
Position = Annotated[int, Field(description="offset of the change in the topic `config`; lists take it as `after`")]


class ListQuery(Query):
    """What every list of configuration takes."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None
    after: Annotated[int | None, Field(ge=0, description="wait until the change at this position is in effect")] = None


class StateQuery(ListQuery):
    """Lists of things with a life-cycle."""

    state: State | None = None


class ConfigurationList(BaseModel, Generic[Item]):
    """One page, the newest first."""

    items: list[Item]
    next: Annotated[str | None, Field(description="the cursor of the next page")]
    as_of: Time
    stale: Annotated[bool, Field(description="`after` was asked for and not reached within two seconds")]


class Handed(Form):
    """What comes back from a GET and may be sent as it is."""

    id: str | None = None
    revision: int | None = None
    position: Any = None


class IncomingWebhookSent(IncomingWebhook, Handed):
    """An incoming webhook to be made or changed."""


class SiteSent(Site, Handed):
    """A site to be made or changed."""

    health: Any = None


class SubscriptionSent(Subscription, Handed):
    """A subscription to be made or changed."""


class CustomActionSent(CustomAction, Handed):
    """A custom action to be made or changed."""


class Shown(Form):
    """What every entity has."""

    id: str
    revision: int


class Written(Form):
    """What a write adds."""

    position: Position


class IncomingWebhookExported(IncomingWebhook):
    """An incoming webhook; secrets are dots, those of a list objects."""

    verification: VerificationShown = NoVerification()


class IncomingWebhookShown(IncomingWebhookExported, Shown):
    """An incoming webhook as people see it."""


class IncomingWebhookWritten(IncomingWebhookShown, Written):
    """An incoming webhook as it is now."""


class SiteExported(Site):
    """A site; secrets are dots, those of a list objects."""

    authentication: AuthenticationShown = NoAuthentication()


class SiteShown(SiteExported, Shown):
    """A site as people see it."""

    health: Annotated[SiteHealth | None, Field(description="in lists and single sites; null while the store is away")]


class SiteWritten(SiteShown, Written):
    """A site as it is now."""


class SubscriptionShown(Subscription, Shown):
    """A subscription."""


class SubscriptionWritten(SubscriptionShown, Written):
    """A subscription as it is now."""


class CustomActionShown(CustomAction, Shown):
    """A custom action; its id is its name."""


class CustomActionWritten(CustomActionShown, Written):
    """A custom action as it is now."""


class Revision(BaseModel, Generic[Item]):
    """One revision: who made it, when, and what it was."""

    revision: int
    author: str
    at: Time
    position: Position
    definition: Item


class AccountSent(Form):
    """An account to be made; there is nothing to say of it yet."""

    account: AccountName | None = None
    created_at: Any = None
    position: Any = None


class AccountShown(Form):
    """An account."""

    account: str
    created_at: Time


class AccountWritten(AccountShown, Written):
    """An account as it is now."""


class KeySent(Form):
    """An API key to be made."""

    name: Name
    scope: Literal["read", "write"] = "write"
    expires_at: Annotated[str | None, Field(description="ISO 8601 with a zone")] = None


class KeyShown(Form):
    """An API key; itself it is never shown again."""

    id: str
    name: str
    prefix: str
    scope: Literal["read", "write"]
    created_at: Time
    expires_at: Time | None
    last_used_at: Annotated[str | None, Field(description="as far as this gateway knows since its start")]


class KeyMade(KeyShown, Written):
    """A new API key: the one time that it is shown."""

    key: str


class SubscriptionNamed(Subscription):
    """A subscription that names its site."""

    site_id: Annotated[str | None, Field(description="or `site`, the site's name")] = None  # type: ignore[assignment]  # wider
    site: str | None = None


class SubscriptionApplied(SubscriptionNamed, Handed):
    """A subscription as apply takes it."""


class Exported(Form):
    """An account's configuration, without what is archived; a subscription names its site."""

    account: str
    custom_actions: list[CustomAction]
    incoming_webhooks: list[IncomingWebhookExported]
    sites: list[SiteExported]
    subscriptions: list[SubscriptionNamed]


class BackedUp(Form):
    """An account's configuration as a backup: secrets are as the log has them, encrypted with the secret key."""

    account: str
    custom_actions: list[CustomAction]
    incoming_webhooks: list[dict[str, Any]]
    sites: list[dict[str, Any]]
    subscriptions: list[SubscriptionNamed]


class ApplySent(Form):
    """What apply takes: things by name; what is not named is left alone."""

    account: str | None = None
    custom_actions: list[CustomActionSent] | None = None
    incoming_webhooks: list[IncomingWebhookSent] | None = None
    sites: list[SiteSent] | None = None
    subscriptions: list[SubscriptionApplied] | None = None


class ApplyQuery(Query):
    """How to apply."""

    dry_run: Annotated[bool, Field(description="only say what would change")] = False
    prune: Annotated[bool, Field(description="archive or remove what is not named")] = False
    state: Annotated[bool, Field(description="take the given state for what exists, too")] = False


class Change(Form):
    """What became of one thing."""

    kind: str
    name: str
    change: Literal["created", "updated", "unchanged", "archived", "removed"]


class ApplyDone(Written):
    """What changed, in the order of what was sent."""

    changes: list[Change]
    dry_run: bool
