"""The message that a site would get: its exact bytes and headers, secrets as dots; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, assert_never

from pydantic import BaseModel, ConfigDict, Field

from gateway.api.answers import Answer
from gateway.api.log_shapes import AttemptMessage
from gateway.api.operations import Call
from gateway.api.problems import invalid, missing
from gateway.api.reading import Reader
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.outgoing.sample import message_for, sample_event
from projections.queries import events, webhook_log
from schemas.errors import FieldError
from schemas.identity import delivery_id
from schemas.records import AttemptError, AttemptStatus, CustomerEvent, EntityKind
from streams.core import answer as answers
from streams.core.attempts import row_of
from streams.core.configuration import Configuration
from streams.core.sending import End, Fail, Park, Send, Sites, step_for

__all__ = ["Previewed", "Previewing", "SitePreviewSent"]

Id = Annotated[str | None, Field(min_length=1, max_length=256)]


class SitePreviewSent(BaseModel):
    """What would be sent: a sample, unless an event is named; without a subscription nothing is added to the URL."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event_id: Id = None
    subscription_id: Id = None


class Previewed(BaseModel):
    """The request, or why none can be made. Time and signatures are of this moment."""

    event_id: str
    request: AttemptMessage | None
    error: AttemptError | None
    error_detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewing:
    """The handler; `now` in milliseconds."""

    sites: Sites
    configuration: Configuration
    reader: Reader
    user_agent: str
    now: Callable[[], int]

    async def preview(self, call: Call) -> Answer:
        """Make a message of an event for a site as it is saved."""
        site, now = self.sites.find(call.account, call.path["id"]), self.now()
        if site is None:
            raise missing()
        sent = validated(SitePreviewSent, {} if call.body is None else call.body)
        event = await self._event(call.account, sent.event_id, now)
        name, path = self._subscribed(call.account, site.entity.id, sent.subscription_id, event.id)
        delivery = message_for(site, event, name, now, path=path)
        request: answers.Request | None = None
        fault: answers.Fault | None = None
        match step := step_for(replace(site, active=True, archived=False), delivery, now, self.user_agent):
            case Send():
                request = step.request
            case Fail() | End():
                fault = step.fault
            case Park():
                fault = answers.Fault(AttemptError.CONFIGURATION, step.cause)
            case _:
                assert_never(step)
        answer = answers.Answer(began_at=now, duration_us=0, fault=fault)
        row = webhook_log.recorded(row_of(delivery, site, request, answer, status=AttemptStatus.QUEUED))
        return Answer({name: row[name] for name in ("event_id", "request", "error", "error_detail")})

    async def _event(self, account: str, event_id: str | None, now: int) -> CustomerEvent:
        if event_id is None:
            return sample_event(account, time_ordered("evt"), now)
        found = await self.reader.read(lambda connection: events.stored(connection, account, event_id))
        if found is None:
            raise invalid([FieldError("event_id", "there is no such event")])
        return found

    def _subscribed(self, account: str, site: str, subscription: str | None, event_id: str) -> tuple[str, str | None]:
        """The delivery's id, and what is added to the URL."""
        if subscription is None:
            return time_ordered("dlv"), None
        state = self.configuration.account(account)
        found = state.of(EntityKind.SUBSCRIPTION).get(subscription) if state else None
        body: dict[str, Any] = (found.body or {}) if found else {}
        if body.get("site_id") != site:
            raise invalid([FieldError("subscription_id", "this site has no such subscription")])
        return delivery_id(account, event_id, subscription), body.get("path")
