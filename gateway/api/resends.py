"""Resends of many: count first, then send exactly what was counted, as a job that survives this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from gateway.api.answers import Answer
from gateway.api.jobs import common, started
from gateway.api.operations import Call
from gateway.api.problems import invalid
from gateway.api.reading import Reader
from gateway.api.resend_shapes import DEFAULT_RATE, ResendFilter, ResendsSent
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.jobs.job import ID_PREFIX, JobType, as_now
from gateway.jobs.starting import Starting
from projections.queries import operations
from projections.queries.offsets import as_of
from projections.queries.selecting import Selected, TooManySelected, check_filter, moment_of, select_deliveries
from projections.queries.times import iso_or_none
from schemas.definitions.forms import State
from schemas.errors import FieldError, FieldInvalid, SecretUnreadable
from schemas.records import AttemptStatus, EntityKind
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.keyring import Keyring

__all__ = ["Resends", "resend_shown"]

TOKEN_FOR = 3_600_000  # ms
REMEMBERED = 100  # jobs that the store may not have yet
WAITING = "what waits is not sent again; the queue has `send-now`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resends:
    """The handlers; `now` in milliseconds."""

    configuration: Configuration
    keyring: Keyring
    reader: Reader
    topics: Topics
    starting: Starting
    now: Callable[[], int]
    _starts: asyncio.Lock = field(default_factory=asyncio.Lock)
    _latest: dict[str, Answer] = field(default_factory=dict)

    async def post(self, call: Call) -> Answer:
        """Count, or start what was counted."""
        sent = validated(ResendsSent, call.body)
        if sent.token is not None:
            if sent.filter is not None or sent.dry_run:
                raise invalid([FieldError("token", "stands alone: what it counted is its filter")])
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
            "id": time_ordered(ID_PREFIX[JobType.RESEND]),
            "account": call.account,
            "filter": parameters,
            "moment": {str(number): offset for number, offset in moment.items()},
            "skip_done": sent.skip_done is not False,
            "until": self.now() + TOKEN_FOR,
        }
        found = await self._selected(frozen)
        counts = {name: getattr(found, name) for name in ("by_site", "by_code", "already_done", "pending", "skipped")}
        times = {"oldest": iso_or_none(found.oldest), "newest": iso_or_none(found.newest)}
        token = self.keyring.seal(orjson.dumps(frozen))
        return Answer({"count": len(found.ids), **counts, **times, "as_of": seen, "token": token})

    async def _start(self, call: Call, sent: ResendsSent, token: str) -> Answer:
        """A token starts one job, however often it comes: by a second click, or by a client that heard no answer."""
        frozen = self._opened(call.account, token)
        if sent.skip_done is not None:
            frozen["skip_done"] = sent.skip_done
        async with self._starts:
            return await self._started(call.account, frozen["id"]) or await self._begun(call, sent, frozen)

    async def _started(self, account: str, job_id: str) -> Answer | None:
        found = await self.reader.read(lambda connection: operations.one(connection, account, job_id))
        if found is None:
            return self._latest.get(job_id)
        return Answer({**resend_shown(as_now(found)), "position": ""}, 202)

    async def _begun(self, call: Call, sent: ResendsSent, frozen: Mapping[str, Any]) -> Answer:
        found = await self._selected(frozen)
        about = {"rate": sent.rate or DEFAULT_RATE, "skip_done": frozen["skip_done"], "filter": frozen["filter"]}
        nothing = {"sent": 0, "failed": 0}
        job, position = await self.starting.start(call, JobType.RESEND, found.ids, about, nothing, job_id=frozen["id"])
        answer = self._latest[job.id] = started(job, position, resend_shown)
        if len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]
        return answer

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
        if frozen.get("account") != account or "id" not in frozen:
            raise invalid([FieldError("token", "is not of a dry run of this account")])
        if frozen["until"] < self.now():
            raise invalid([FieldError("token", "is older than an hour: count again")])
        return frozen


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


def resend_shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """A resend as people see it."""
    about = {name: body[name] for name in ("rate", "skip_done", "filter")}
    return {**common(body), **body["found"], **about}
