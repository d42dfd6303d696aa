"""Runs jobs while this gateway owns the topic of operations: work in portions, progress in the log.

1. A portion is done; what it wrote is acknowledged. 2. The job's state is written, at most once a second. A kill
between the two does the same portions again: their records bear the same ids, and doing a thing twice does it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog

from gateway.api.problems import Problem
from gateway.jobs.job import Ask, Job, Jobs, JobState, JobType, state_of
from gateway.writing import Writes
from schemas.codec import encode
from schemas.errors import HooklineError, KafkaUnavailable
from schemas.records import Operation
from schemas.topics import Topics
from streams.edges.kafka import Message

__all__ = ["REST", "Runner", "Work"]

log = structlog.get_logger("gateway")
PROGRESS_EVERY = 1.0  # seconds
TRY_AGAIN = 1.0  # seconds
REST = 0.01  # seconds between portions that only compute: requests come first
FAULT = "a fault of Hookline's; the gateway's log says more"


class Work(Protocol):
    """What is done for jobs of one type."""

    def begin(self, job: Job) -> None:
        """A job is run here: for the first time, after a pause, or after another gateway had it.

        Raises:
            HooklineError: it cannot be run; the message says why.
        """

    async def some(self, job: Job) -> float:
        """Deal with the next members, count them in `reached`, say in `found` what came of it.

        Answers how long to rest, in seconds. May be called again for the same members where it raised.

        Raises:
            KafkaUnavailable: it is not known whether it is done.
            Problem: the store is away.
        """

    def end(self, job: Job) -> None:
        """It has ended here, or all members are dealt with, or somebody else runs it now."""


class Runner:
    """The jobs, in the event loop; `now` in milliseconds.

    `begin` is called when the topic becomes ours, `take` with each of its records, `caught_up` when all have been
    taken, `lose` when it is someone else's.
    """

    def __init__(
        self,
        works: Mapping[JobType, Work],
        *,
        writer: Writes,
        topics: Topics,
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._works = works
        self._writer, self._topics = writer, topics
        self._now, self._sleep = now, sleep
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
        """Whatever was not finished goes on; what was asked while nobody ran them is said now."""
        self._ours = True
        for job in list(self._jobs.running.values()):
            if job.state is not job.told:
                self._start(job)
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
        log.info("job runs", id=job.id, account=job.account, state=job.state.value, reached=job.reached, of=job.count)
        work = self._works[job.type]
        try:
            work.begin(job)
            await self._work(work, job)
        except HooklineError as error:
            log.warning("a job cannot go on", id=job.id, reason=str(error))
            job.state, job.error = JobState.CANCELLED, str(error)
        except Exception:
            log.exception("a job cannot go on", id=job.id)
            job.state, job.error = JobState.CANCELLED, FAULT
        finally:
            work.end(job)
        if job.state is JobState.RUNNING:
            job.state = JobState.DONE
        await self._told_at_last(job)

    async def _work(self, work: Work, job: Job) -> None:
        told = asyncio.get_running_loop().time()
        while job.state is JobState.RUNNING and job.reached < job.count:
            try:
                await self._sleep(await work.some(job))
                if (now := asyncio.get_running_loop().time()) - told >= PROGRESS_EVERY:
                    await self._tell(job)
                    told = now
            except (KafkaUnavailable, Problem) as error:
                log.warning("a job waits", id=job.id, reason=str(error))
                await self._sleep(TRY_AGAIN)

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
        log.info("job stands", id=job.id, state=job.state.value, reached=job.reached, of=job.count)
        if job.state.ended:
            self._jobs.end(job)
        elif job.state is JobState.RUNNING:
            self._start(job)

    async def _tell(self, job: Job) -> None:
        record = state_of(job, self._now())
        await self._writer.write(Message(self._topics.operations, job.account.encode(), encode(record), 0))
