"""Resends of many: count first, then send exactly what was counted, as a job that survives this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.api.answers import Answer
from gateway.api.collection import AFTER_WITHIN
from gateway.api.operations import Call
from gateway.api.problems import Problem, invalid, missing
from gateway.api.reading import Reader
from gateway.api.resend_shapes import DEFAULT_RATE, ResendFilter, ResendsSent
from gateway.api.times import iso
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.outgoing.job import ASKED, Ask, Job, JobState, ask, parts_of, state_of
from gateway.writing import Writes
from projections.queries import operations
from projections.queries.offsets import as_of
from projections.queries.selecting import Selected, TooManySelected, check_filter, moment_of, select_deliveries
from schemas.codec import encode
from schemas.definitions.forms import State
from schemas.errors import FieldError, FieldInvalid, SecretUnreadable
from schemas.records import AttemptStatus, EntityKind, Operation
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.kafka import Message
from streams.edges.keyring import Keyring

__all__ = ["Resends"]

TOKEN_FOR = 3_600_000  # ms
WAITING = "what waits is not sent again; the queue has `send-now`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resends:
    """The handlers; `now` in milliseconds."""

    configuration: Configuration
    keyring: Keyring
    reader: Reader
    writer: Writes
    topics: Topics
    now: Callable[[], int]

    async def post(self, call: Call) -> Answer:
        """Count, or start what was counted."""
        sent = validated(ResendsSent, call.body)
        if sent.token is not None:
            return await self._start(call, sent, sent.token)
        if not sent.dry_run or sent.filter is None:
            sentence = 'first count: {"filter": {...}, "dry_run": true}; then start with the `token` of the answer'
            raise invalid([FieldError("token" if sent.filter else "filter", sentence)])
        return await self._count(call, sent, sent.filter)

    async def _count(self, call: Call, sent: ResendsSent, wanted: ResendFilter) -> Answer:
        parameters = parameters_of(wanted)
        topic = self.topics.attempts
        moment, seen = await self.reader.read(lambda c: (moment_of(c, topic), as_of(c)))
        frozen = {
            "account": call.account,
            "filter": parameters,
            "moment": {str(number): offset for number, offset in moment.items()},
            "skip_done": sent.skip_done is not False,
            "until": self.now() + TOKEN_FOR,
        }
        found = await self._selected(frozen)
        counts = {name: getattr(found, name) for name in ("by_site", "by_code", "already_done", "pending", "skipped")}
        token = self.keyring.seal(orjson.dumps(frozen))
        return Answer({"count": len(found.ids), **counts, "as_of": seen, "token": token})

    async def _start(self, call: Call, sent: ResendsSent, token: str) -> Answer:
        frozen = self._opened(call.account, token)
        if sent.skip_done is not None:
            frozen["skip_done"] = sent.skip_done
        found = await self._selected(frozen)
        job = Job(
            id=time_ordered("rsd"),
            account=call.account,
            author=call.author,
            created_at=self.now(),
            count=len(found.ids),
            rate=sent.rate or DEFAULT_RATE,
            skip_done=frozen["skip_done"],
            filter=frozen["filter"],
            ids=found.ids,
        )
        for part in parts_of(job, self.now()):
            await self._write(part)
        position = await self._write(state_of(job, self.now()))
        return Answer({**shown(job.author, job.id, orjson.loads(state_of(job, 0).body)), "position": position}, 202)

    async def _selected(self, frozen: Mapping[str, Any]) -> Selected:
        state = self.configuration.account(frozen["account"])
        found = state.of(EntityKind.SITE).values() if state else ()
        sites = frozenset(site.id for site in found if site.state != State.ARCHIVED.value)
        moment = {int(number): offset for number, offset in frozen["moment"].items()}
        try:
            return await self.reader.read(
                lambda connection: select_deliveries(
                    connection,
                    frozen["account"],
                    frozen["filter"],
                    moment,
                    sites=sites,
                    skip_done=frozen["skip_done"],
                )
            )
        except TooManySelected as error:
            raise invalid([FieldError("filter", str(error))]) from None

    def _opened(self, account: str, token: str) -> dict[str, Any]:
        try:
            frozen: dict[str, Any] = orjson.loads(self.keyring.open(token))
        except (SecretUnreadable, orjson.JSONDecodeError, UnicodeError):
            frozen = {}
        if frozen.get("account") != account or "moment" not in frozen:
            raise invalid([FieldError("token", "is not of a dry run of this account")])
        if frozen["until"] < self.now():
            raise invalid([FieldError("token", "is older than an hour: count again")])
        return frozen

    async def _write(self, operation: Operation) -> str:
        message = Message(self.topics.operations, operation.account.encode(), encode(operation), 0)
        (placed,) = await self.writer.write(message)
        return f"operations:{placed.partition}:{placed.offset}"

    async def list(self, call: Call) -> Answer:
        """A page of them, the newest first."""
        parameters = call.query.model_dump(by_alias=True, exclude_none=True)
        after = parameters.pop("after", None)
        reached = after is None or await self.reader.reached(after, AFTER_WITHIN)
        found = await self.reader.read(lambda connection: operations.page(connection, call.account, parameters))
        items = [shown(each["author"], each["id"], each) for each in found["items"]]
        return Answer({**found, "items": items, "stale": not reached})

    async def read(self, call: Call) -> Answer:
        """One of them."""
        if call.query.after is not None:
            await self.reader.reached(call.query.after, AFTER_WITHIN)
        return Answer(await self._one(call))

    async def ask(self, call: Call, what: Ask) -> Answer:
        """Cancel, pause or resume; the gateway that runs it does so within a moment."""
        found = await self._one(call)
        if JobState(found["state"]).ended and found["state"] != ASKED[what]:
            raise Problem("wrong_state", f"it is {found['state']}")
        position = await self._write(ask(call.path["id"], call.account, what, at=self.now(), author=call.author))
        return Answer({**found, "position": position}, 202)

    async def _one(self, call: Call) -> dict[str, Any]:
        found = await self.reader.read(lambda connection: operations.one(connection, call.account, call.path["id"]))
        if found is None:
            raise missing()
        return shown(found["author"], found["id"], found)


def parameters_of(wanted: ResendFilter) -> dict[str, str]:
    """The filter as parameters of the webhook log.

    Raises:
        Problem: names the filter.
    """
    parameters: dict[str, str] = wanted.model_dump(by_alias=True, exclude_none=True)
    try:
        check_filter(parameters)
    except FieldInvalid as error:
        raise invalid([FieldError(f"filter.{error.path}", error.message)]) from None
    if parameters.get("status") == AttemptStatus.QUEUED:
        raise invalid([FieldError("filter.status", WAITING)])
    return parameters


def shown(author: str, job_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A job as people see it."""
    left = body["count"] - body["sent"] - body["failed"]
    return {
        "id": job_id,
        **{name: body[name] for name in ("state", "count", "sent", "failed", "rate", "skip_done", "filter")},
        "author": author,
        "created_at": iso(body["created_at"]),
        "eta_seconds": left / body["rate"] if body["state"] == JobState.RUNNING else None,
    }
