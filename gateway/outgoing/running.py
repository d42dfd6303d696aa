"""Runs resends of many, while this gateway owns the topic of operations: commands at a rate, progress in the log.

1. Some commands are written and acknowledged. 2. The job's state is written, at most once a second. A kill between the
two writes the same commands again; they bear the same chains, and a courier obeys a chain once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.outgoing.commanding import Asked, message_of, resend
from gateway.outgoing.job import Ask, Job, Jobs, JobState, state_of
from gateway.writing import Writes
from projections.queries.sending_again import Known, known_deliveries
from schemas.codec import encode
from schemas.definitions.forms import State
from schemas.errors import KafkaUnavailable
from schemas.records import EntityKind, Operation
from schemas.topics import Topics
from streams.core.configuration import Configuration
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused

__all__ = ["Runner"]

log = structlog.get_logger("gateway")
MOST_AT_ONCE = 100  # commands
BATCHES = 5  # a second
MOST_BYTES = 4 * 1024 * 1024  # of commands at once
PROGRESS_EVERY = 1.0  # seconds
TRY_AGAIN = 1.0  # seconds


class Runner:
    """The jobs, in the event loop; `now` in milliseconds.

    `begin` is called when the topic becomes ours, `take` with each of its records, `caught_up` when all have been
    taken, `lose` when it is someone else's.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        writer: Writes,
        topics: Topics,
        configuration: Configuration,
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._reader, self._writer, self._topics = reader, writer, topics
        self._configuration, self._now, self._sleep = configuration, now, sleep
        self._jobs = Jobs()
        self._ours = False
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """All records come from the first one on."""
        self.lose()
        self._jobs = Jobs()

    def take(self, record: Operation) -> None:
        """One more record of the topic."""
        asked = self._jobs.take(record, self._tasks)
        if self._ours:
            if asked is not None and asked[1] is not Ask.RESUME:
                self._start(asked[0])  # writes the new state and ends
            self._start_all()

    def caught_up(self) -> None:
        """Whatever was not finished goes on."""
        self._ours = True
        self._start_all()

    def lose(self) -> None:
        """Somebody else runs them now."""
        self._ours = False
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _start_all(self) -> None:
        for job in list(self._jobs.running.values()):
            if job.state is JobState.RUNNING:
                self._start(job)

    def _start(self, job: Job) -> None:
        if job.id not in self._tasks:
            self._tasks[job.id] = asyncio.create_task(self._run(job))

    async def _run(self, job: Job) -> None:
        log.info("resend runs", id=job.id, account=job.account, state=job.state.value, sent=job.sent, count=job.count)
        told = asyncio.get_running_loop().time()
        while job.state is JobState.RUNNING and job.reached < job.count:
            try:
                await self._some(job)
                if (now := asyncio.get_running_loop().time()) - told >= PROGRESS_EVERY:
                    await self._tell(job)
                    told = now
            except (KafkaUnavailable, Problem) as error:
                log.warning("a resend waits", id=job.id, reason=str(error))
                await self._sleep(TRY_AGAIN)
        if job.state is JobState.RUNNING:
            job.state = JobState.DONE
        await self._told_at_last(job)

    async def _told_at_last(self, job: Job) -> None:
        """Say how it stands now; it may have been asked to go on meanwhile."""
        while True:
            state = job.state
            try:
                await self._tell(job)
            except KafkaUnavailable:
                await self._sleep(TRY_AGAIN)
                continue
            if state is job.state:
                break
        self._tasks.pop(job.id, None)
        log.info("resend stands", id=job.id, state=job.state.value, sent=job.sent, failed=job.failed)
        if job.state.ended:
            self._jobs.end(job)
        elif job.state is JobState.RUNNING:
            self._start(job)

    async def _some(self, job: Job) -> None:
        """The next commands, then as long a rest as the rate asks for."""
        size = max(1, min(MOST_AT_ONCE, job.rate // BATCHES))
        ids = job.ids[job.reached : job.reached + size]
        if not ids:  # a part of the set is missing: it will not come any more
            job.failed = job.count - job.sent
            return
        known = await self._reader.read(lambda connection: known_deliveries(connection, job.account, ids))
        messages = self._messages(job, [known[each] for each in ids if each in known])
        refused = 0
        for some in batches(messages):
            try:
                await self._writer.write(*some)
            except MessageRefused as error:
                refused += len(error.indexes)
        job.sent += len(messages) - refused
        job.failed += len(ids) - len(messages) + refused
        await self._sleep(len(ids) / job.rate)

    def _messages(self, job: Job, known: list[Known]) -> list[Message]:
        state = self._configuration.account(job.account)
        sites = state.of(EntityKind.SITE) if state else {}
        asked = Asked(
            name=f"cmd_{job.id.partition('_')[2]}",
            author=job.author,
            at=self._now(),
            config_offset=self._configuration.offset,
            resend_id=job.id,
        )
        return [
            message_of(resend(each, asked), self._topics)
            for each in known
            if (site := sites.get(each.delivery.site_id)) is not None and site.state != State.ARCHIVED.value
        ]

    async def _tell(self, job: Job) -> None:
        record = state_of(job, self._now())
        await self._writer.write(Message(self._topics.operations, job.account.encode(), encode(record), 0))


def batches(messages: list[Message]) -> list[list[Message]]:
    """Few enough bytes at once."""
    found: list[list[Message]] = []
    size = MOST_BYTES
    for message in messages:
        if size + len(message.value) > MOST_BYTES:
            found.append([])
            size = 0
        found[-1].append(message)
        size += len(message.value)
    return found
