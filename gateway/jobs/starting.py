"""Starts a job: its set, then its state, in the topic of operations; whoever owns that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.api.operations import Call
from gateway.identifiers import time_ordered
from gateway.jobs.job import ID_PREFIX, Job, JobType, parts_of, state_of
from gateway.writing import Writes
from schemas.codec import encode
from schemas.records import Operation
from streams.edges.kafka import Message

__all__ = ["Starting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting:
    """Writes operations; `topic` is theirs, `now` in milliseconds."""

    writer: Writes
    topic: str
    now: Callable[[], int]

    async def start(
        self,
        call: Call,
        kind: JobType,
        ids: list[str],
        about: Mapping[str, Any],
        found: Mapping[str, Any],
        *,
        job_id: str | None = None,
    ) -> tuple[Job, str]:
        """A job of this set; `found` is what has come of it so far: nothing. And its position.

        Starting one of the same `job_id` again starts nothing more.

        Raises:
            KafkaUnavailable: it is not known whether it was started.
        """
        job = Job(
            id=job_id or time_ordered(ID_PREFIX[kind]),
            type=kind,
            account=call.account,
            author=call.author,
            created_at=self.now(),
            count=len(ids),
            about=about,
            found={**found},
            ids=ids,
        )
        for part in parts_of(job, job.created_at):
            await self.write(part)
        return job, await self.write(state_of(job, job.created_at))

    async def write(self, operation: Operation) -> str:
        """Write one record; answers its position."""
        message = Message(self.topic, operation.account.encode(), encode(operation), 0)
        (placed,) = await self.writer.write(message)
        return f"operations:{placed.partition}:{placed.offset}"
