"""What people ask of one delivery: send it again, cancel what waits, send it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.problems import Problem, missing
from gateway.api.reading import Reader
from gateway.identifiers import time_ordered
from gateway.outgoing.commanding import Asked, cancel, message_of, resend, send_now
from gateway.writing import Writes
from projections.queries import webhook_log
from projections.queries.sending_again import Known, known_deliveries
from schemas.definitions.forms import State
from schemas.identity import attempt_id
from schemas.records import Command, EntityKind, Trigger
from schemas.topics import Topics
from streams.core.configuration import Configuration

__all__ = ["Asking", "Commanded"]

TO_COME = "the webhook log takes it as `after`: then the command is there; what comes of it follows"


class Commanded(BaseModel):
    """What was asked for; the courier does it."""

    delivery_id: str
    attempt_ids: Annotated[list[str], Field(description="the attempts that are made, or are not made, because of it")]
    position: Annotated[str, Field(description=TO_COME)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The handlers; `now` in milliseconds."""

    configuration: Configuration
    reader: Reader
    writer: Writes
    topics: Topics
    now: Callable[[], int]

    async def resend(self, call: Call) -> Answer:
        """Send the delivery of an attempt again: a new chain, with retries from the start."""
        row = await self.reader.read(lambda connection: webhook_log.one(connection, call.account, call.path["id"]))
        if row is None:
            raise missing()
        if row["trigger"] == Trigger.TEST:
            raise Problem("wrong_state", "a test is not sent again; test the site once more")
        known = await self._known(call.account, row["delivery_id"])
        if known is None:
            raise Problem("wrong_state", "the message is older than the log: it cannot be sent again")
        self._refuse_archived(known)
        command = resend(known, self._asked(call))
        return await self._commanded(command, [attempt_id(command.delivery_id, command.id, 1)])

    async def cancel(self, call: Call) -> Answer:
        """End what waits of a delivery."""
        known = await self._waiting(call)
        return await self._commanded(cancel(known, self._asked(call)), ids_of(known))

    async def send_now(self, call: Call) -> Answer:
        """Make the step that waits before its time."""
        known = await self._waiting(call)
        if known.parked:
            raise Problem("wrong_state", "it is parked: it goes out when its site is enabled, or its lane has room")
        self._refuse_archived(known)
        return await self._commanded(send_now(known, self._asked(call)), ids_of(known)[-1:])

    async def _waiting(self, call: Call) -> Known:
        known = await self._known(call.account, call.path["delivery_id"])
        if known is None or not known.pending:
            raise missing()
        return known

    async def _known(self, account: str, delivery_id: str) -> Known | None:
        found = await self.reader.read(lambda connection: known_deliveries(connection, account, [delivery_id]))
        return found.get(delivery_id)

    def _refuse_archived(self, known: Known) -> None:
        state = self.configuration.account(known.delivery.account)
        site = state.of(EntityKind.SITE).get(known.delivery.site_id) if state else None
        if site is None or site.state == State.ARCHIVED.value:
            raise Problem("archived", "nothing is sent to an archived site")

    def _asked(self, call: Call) -> Asked:
        offset = self.configuration.offset
        return Asked(name=time_ordered("cmd"), author=call.author, at=self.now(), config_offset=offset)

    async def _commanded(self, command: Command, attempt_ids: list[str]) -> Answer:
        (placed,) = await self.writer.write(message_of(command, self.topics))
        position = f"commands:{placed.partition}:{placed.offset}"
        return Answer({"delivery_id": command.delivery_id, "attempt_ids": attempt_ids, "position": position}, 202)


def ids_of(known: Known) -> list[str]:
    return [attempt_id(known.delivery.delivery_id, step.chain, step.step) for step in known.pending]
