"""The shapes of resends of many."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.api.log_queries import Ids
from gateway.api.times import Time
from gateway.jobs.job import JobState

__all__ = ["ResendCounted", "ResendFilter", "ResendShown", "ResendStarted", "ResendsSent"]

Text = Annotated[str | None, Field(min_length=1, max_length=1024)]
DEFAULT_RATE = 100


class ResendFilter(BaseModel):
    """Filters of the webhook log, by the same names. What waits, and tests, are never among what they select."""

    model_config = ConfigDict(extra="forbid", strict=True)

    status: Annotated[str | None, Field(description="resent, failed or done")] = None
    response_code: Annotated[str | None, Field(description="`500`, `5xx` or `none`")] = None
    action: Text = None
    customer: Text = None
    site_id: Text = None
    error: Text = None
    delivery_id: Ids = None
    event_id: Text = None
    subscription_id: Text = None
    trigger: Text = None
    resend_id: Text = None
    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None


class ResendsSent(BaseModel):
    """First `{"filter", "dry_run": true}`, which counts; then `{"token"}`, which sends exactly what was counted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    filter: ResendFilter | None = None
    dry_run: bool | None = None
    token: Annotated[str | None, Field(min_length=1, max_length=16_384, description="of a dry run, for an hour")] = None
    rate: Annotated[int | None, Field(ge=1, le=1000, description="messages a second")] = None
    skip_done: Annotated[bool | None, Field(description="leave out what was delivered meanwhile; default true")] = None


class ResendCounted(BaseModel):
    """What a resend would send. `count` is of messages; `pending` of them have a retry that it supersedes."""

    count: int
    by_site: dict[str, int]
    by_code: Annotated[dict[str, int], Field(description="by the code of the last attempt that matches; or `none`")]
    already_done: Annotated[int, Field(description="delivered meanwhile; left out with `skip_done`")]
    pending: int
    skipped: Annotated[int, Field(description="cannot be sent again: expired, or the site is archived")]
    oldest: Annotated[Time | None, Field(description="the first of their last attempts that match")]
    newest: Annotated[Time | None, Field(description="the last of them")]
    as_of: Time | None
    token: str


class ResendShown(BaseModel):
    """A resend of many. `sent` are with the couriers; what became of them: `webhook-log?resend_id=ID`."""

    id: str
    state: JobState
    count: int
    sent: int
    failed: Annotated[int, Field(description="could not be sent: expired or archived meanwhile")]
    rate: int
    skip_done: bool
    filter: dict[str, Any]
    author: str
    created_at: Time
    eta_seconds: Annotated[float | None, Field(description="until all are sent; null where it does not run")]
    error: Annotated[str | None, Field(description="why it was given up")]


class ResendStarted(ResendShown):
    """A resend that somebody has asked something of."""

    position: Annotated[str, Field(description="lists of resends take it as `after`")]
