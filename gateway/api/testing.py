"""Tests of sites: one message to a site as it is saved, enabled or not; one attempt, in the log as action `test`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import BaseModel, ConfigDict, Field

from gateway.api.answers import Answer
from gateway.api.log_shapes import AttemptWhole
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.api.reading import Reader
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.outgoing.requester import Busy, Requester
from gateway.outgoing.sample import message_for, sample_event
from gateway.writing import Writes
from projections.queries import events, webhook_log
from schemas.codec import encode
from schemas.errors import FieldError
from schemas.identity import lane_partition
from schemas.records import Attempt, AttemptStatus, CustomerEvent, Delivery
from schemas.topics import Topics
from streams.core import answer as answers
from streams.core.attempts import row_of
from streams.core.sending import End, Fail, Park, Send, Sites, SiteView, step_for
from streams.edges.kafka import Message

__all__ = ["SiteTestSent", "SiteTested", "Testing"]


class SiteTestSent(BaseModel):
    """What to send: a sample, unless an event is named."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event_id: Annotated[
        str | None, Field(min_length=1, max_length=256, description="one of the account's events; default: a sample")
    ] = None


class SiteTested(AttemptWhole):
    """The attempt, as the webhook log shows it."""

    position: Annotated[str, Field(description="where the attempt is; the webhook log takes it as `after`")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Testing:
    """The handler; `now` in milliseconds."""

    sites: Sites
    requester: Requester
    reader: Reader
    writer: Writes
    topics: Topics
    user_agent: str
    now: Callable[[], int]

    async def test(self, call: Call) -> Answer:
        """Send one message and show what came of it."""
        site = self.sites.find(call.account, call.path["id"])
        if site is None:
            raise missing()
        if site.archived:
            raise Problem("archived", "nothing is sent to an archived site")
        sent = validated(SiteTestSent, {} if call.body is None else call.body)
        event = await self._event(call.account, sent.event_id)
        delivery = message_for(site, event, time_ordered("dlv"), self.now())
        row = await self._made(replace(site, active=True), delivery)
        return Answer({**webhook_log.recorded(row), "position": await self._written(row, delivery)})

    async def _event(self, account: str, event_id: str | None) -> CustomerEvent:
        if event_id is None:
            return sample_event(account, time_ordered("evt"), self.now())
        found = await self.reader.read(lambda connection: events.stored(connection, account, event_id))
        if found is None:
            raise invalid([FieldError("event_id", "there is no such event")])
        return found

    async def _made(self, site: SiteView, delivery: Delivery) -> Attempt:
        began_at = self.now()
        step = step_for(site, delivery, began_at, self.user_agent)
        request: answers.Request | None = None
        match step:
            case Send():
                request, answer = step.request, await self._asked(step.request)
            case Fail() | End():
                answer = answers.Answer(began_at=began_at, duration_us=0, fault=step.fault)
            case Park():
                raise Problem("wrong_state", f"this site takes nothing now: {step.cause}")
            case _:
                assert_never(step)
        status = AttemptStatus.DONE if answer.succeeded else AttemptStatus.FAILED
        return row_of(delivery, site, request, answer, status=status)

    async def _asked(self, request: answers.Request) -> answers.Answer:
        try:
            return await asyncio.wrap_future(self.requester.ask(request))
        except Busy:
            sentence = "as many tests as may be are under way; try again when they have ended"
            raise Problem("unavailable", sentence, headers={"Retry-After": "2"}) from None

    async def _written(self, row: Attempt, delivery: Delivery) -> str:
        partition = lane_partition(delivery.lane, self.topics.partitions)
        message = Message(self.topics.attempts, delivery.lane.encode(), encode(row), partition)
        (placed,) = await self.writer.write(message)
        return f"attempts:{placed.partition}:{placed.offset}"
