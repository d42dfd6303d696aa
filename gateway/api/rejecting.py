"""Rejected records: looked at, written again after what was wrong was mended, or dismissed; none is ever deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Row

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.problems import Problem, missing
from gateway.api.reading import Reader
from gateway.writing import Writes
from projections.queries import rejected
from projections.queries.rejected import RENEWED, State, operation_id
from schemas.codec import encode
from schemas.errors import ActionUnknown, FieldInvalid, RecordUnreadable
from schemas.events import check_action, read_event
from schemas.json_text import dump
from schemas.records import CustomerEvent, Operation, OperationKind, RejectedReason
from schemas.topics import Topics
from streams.core.definitions import Compiler
from streams.edges.kafka import Message

__all__ = ["RejectedDoor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedDoor:
    """The handlers; `now` in milliseconds. A call without an account in its path is about records without one."""

    reader: Reader
    writer: Writes
    topics: Topics
    compiler: Compiler
    now: Callable[[], int]

    async def list(self, call: Call) -> Answer:
        """A page of them."""
        parameters, reached = await self.reader.asked(call)
        page = partial(rejected.page, account=account_of(call), parameters=parameters, prefix=self.topics.prefix)
        return Answer({**await self.reader.read(page), "stale": not reached})

    async def read(self, call: Call) -> Answer:
        """One, with its bytes."""
        one = partial(rejected.one, account=account_of(call), row_id=call.path["id"], prefix=self.topics.prefix)
        found = await self.reader.read(one)
        if found is None:
            raise missing()
        return Answer(found)

    async def dismiss(self, call: Call) -> Answer:
        """Say that nothing is to be done."""
        row = await self._row(call)
        if row.handled == State.DISMISSED:
            raise Problem("wrong_state", "it is dismissed already")
        return await self._handled(call, row, State.DISMISSED, None)

    async def retry(self, call: Call) -> Answer:
        """Write the record again where it came from: as it is, or with the id and time that its place gives it.

        So what is retried twice, at two gateways at once even, is one event.
        """
        row = await self._row(call)
        self._refuse(row)
        state, value = self._again(row)
        (placed,) = await self.writer.write(Message(row.topic, row.key, value, row.partition))
        written_as = f"{row.topic.removeprefix(self.topics.prefix)}.{placed.partition}.{placed.offset}"
        return await self._handled(call, row, state, written_as)

    async def _row(self, call: Call) -> Row[Any]:
        find = partial(rejected.record, account=account_of(call), row_id=call.path["id"], prefix=self.topics.prefix)
        found = await self.reader.read(find)
        if found is None:
            raise missing()
        return found

    def _refuse(self, row: Row[Any]) -> None:
        """What would come to nothing is not written."""
        topics = self.topics
        if row.value is None or row.reason == RejectedReason.REFUSED_BY_KAFKA:
            raise Problem("wrong_state", "only the reference to it is kept; it lies in the log at that place")
        if row.topic not in (topics.customer_events, topics.incoming_requests, topics.deliveries):
            raise Problem("wrong_state", "a record of this topic is Hookline's own word; it is not written again")
        if row.reason == RejectedReason.ID_CONFLICT:
            raise Problem("wrong_state", "another event has its id; send it with another one")
        if row.topic == topics.customer_events and (why := self._still_wrong(row)):
            raise Problem("wrong_state", f"it would be rejected again: {why}")

    def _still_wrong(self, row: Row[Any]) -> str | None:
        try:
            event = event_at(row, row.offset)
            view = self.compiler.account(event.account)
            if view is None:
                return f"there is no account {event.account!r}"
            check_action(event, view.custom_actions)
        except RecordUnreadable as error:
            return str(error)
        except (FieldInvalid, ActionUnknown) as error:
            return f"{error.path}: {error.message}"
        return None

    def _again(self, row: Row[Any]) -> tuple[str, bytes]:
        """What a retry makes of it, and the bytes that are written: an event without an id of its own gets one.

        Such a one is ours, so it says under which configuration it was found right: streams wait until they have that.
        `RENEWED` keeps the refused one out of the list of events, where that other one stands.
        """
        if row.topic != self.topics.customer_events:
            return State.RETRIED, row.value
        event = event_at(row, row.offset)
        has_its_own = event.id == event_at(row, row.offset + 1).id
        if has_its_own:
            return State.RETRIED, row.value
        view = self.compiler.account(event.account)
        return RENEWED, encode(event if view is None else replace(event, config_offset=view.offset))

    async def _handled(self, call: Call, row: Row[Any], state: str, written_as: str | None) -> Answer:
        operation = Operation(
            id=place_of(row),
            kind=OperationKind.DISMISSAL,
            account=row.account or "",
            at=self.now(),
            author=call.author,
            body=dump({"state": state, "retried_as": written_as}),
        )
        message = Message(self.topics.operations, operation.account.encode(), encode(operation), 0)
        (placed,) = await self.writer.write(message)
        answer = {
            "id": call.path["id"],
            "state": State.RETRIED if state == RENEWED else state,
            "retried_as": written_as,
            "position": f"operations:{placed.partition}:{placed.offset}",
        }
        return Answer(answer, 202)


def account_of(call: Call) -> str | None:
    return call.path.get("account")


def place_of(row: Row[Any]) -> str:
    return operation_id(row.topic, row.partition, row.offset)


def event_at(row: Row[Any], offset: int) -> CustomerEvent:
    """The event that a record is at this place; the same one for every gateway, and none that the hops have made."""
    return read_event(
        row.value, cluster="", topic=row.topic, partition=row.partition, offset=offset, timestamp=row.timestamp
    )
