"""What the store shows over HTTP: both logs, the events, the queue, deliveries; lists and single rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import Call
from gateway.api.problems import missing
from gateway.api.reading import Reader
from gateway.api.site_names import orderings_of, site_names_of
from projections.queries import deliveries, events, incoming_log, queue, webhook_log

__all__ = ["Logs"]


@dataclass(frozen=True, slots=True)
class Logs:
    """The handlers of everything that is read from the store."""

    reader: Reader
    changer: Changer

    async def webhook_log(self, call: Call) -> Answer:
        """A page of the webhook log."""
        return await self._page(call, partial(webhook_log.page, site_names=self._site_names(call)))

    async def attempt(self, call: Call) -> Answer:
        """One attempt, whole."""
        return await self._one(call, partial(webhook_log.one, site_names=self._site_names(call)))

    async def incoming_log(self, call: Call) -> Answer:
        """A page of the incoming log."""
        return await self._page(call, incoming_log.page)

    async def events(self, call: Call) -> Answer:
        """A page of the account's event history."""
        return await self._page(call, events.page)

    async def events_of_customer(self, call: Call) -> Answer:
        """A page of one customer's event history."""
        return await self._page(call, partial(events.page, customer=call.path["customer"]))

    async def event(self, call: Call) -> Answer:
        """One event."""
        return await self._one(call, events.one)

    async def queue(self, call: Call) -> Answer:
        """A page of what is waiting."""
        orderings = orderings_of(self.changer.configuration, call.account)
        return await self._page(call, partial(queue.page, site_names=self._site_names(call), orderings=orderings))

    async def queue_summary(self, call: Call) -> Answer:
        """What is waiting, in groups."""
        names = self._site_names(call)
        return Answer(await self.reader.read(lambda c: queue.summary(c, call.account, site_names=names)))

    async def delivery(self, call: Call) -> Answer:
        """One delivery with its attempts."""
        return await self._one(call, partial(deliveries.one, site_names=self._site_names(call)))

    async def _page(self, call: Call, page: Callable[..., dict[str, Any]]) -> Answer:
        parameters, reached = await self.reader.asked(call)
        found = await self.reader.read(
            lambda connection: page(connection, call.account, parameters), slow="q" in parameters
        )
        return Answer({**found, "stale": not reached})

    async def _one(self, call: Call, one: Callable[[Connection, str, str], dict[str, Any] | None]) -> Answer:
        found = await self.reader.read(lambda connection: one(connection, call.account, call.path["id"]))
        if found is None:
            raise missing()
        return Answer(found)

    def _site_names(self, call: Call) -> dict[str, str]:
        return site_names_of(self.changer.configuration, call.account)
