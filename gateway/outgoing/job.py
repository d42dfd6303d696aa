"""A resend of many: its frozen set and its state, folded from `operations`; whoever runs it writes its state there.

Records of one job, all under its id: the parts of its set, then its state, again and again; between them what people
ask of it. A job that has ended stays so, whatever comes after.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from schemas.json_text import dump
from schemas.records import Operation, OperationKind

__all__ = ["Ask", "Job", "JobState", "Jobs", "ask", "parts_of", "state_of"]

TYPE = "resend"
PART = 5_000  # deliveries of one record


class JobState(StrEnum):
    """What a job is about."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self in (JobState.DONE, JobState.CANCELLED)


class Ask(StrEnum):
    """What people ask of a job."""

    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


ASKED = {Ask.CANCEL: JobState.CANCELLED, Ask.PAUSE: JobState.PAUSED, Ask.RESUME: JobState.RUNNING}


@dataclass(slots=True, kw_only=True)
class Job:
    """One job; `sent` commands were written, `failed` deliveries could not be sent again. `rate` a second."""

    id: str
    account: str
    author: str
    created_at: int
    count: int
    rate: int
    skip_done: bool
    filter: Mapping[str, str]
    state: JobState = JobState.RUNNING
    sent: int = 0
    failed: int = 0
    ids: list[str] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How many of the set are dealt with."""
        return self.sent + self.failed

    def ask(self, what: Ask) -> bool:
        """Do what is asked, where it can be; whether anything has changed."""
        wanted = ASKED[what]
        if self.state.ended or self.state is wanted:
            return False
        self.state = wanted
        return True


class Jobs:
    """Every job that has not ended, folded in the order of the topic."""

    def __init__(self) -> None:
        self.running: dict[str, Job] = {}
        self._parts: dict[str, list[str]] = {}
        self._ended: set[str] = set()

    def take(self, operation: Operation, here: Container[str] = ()) -> tuple[Job, Ask] | None:
        """Fold one record; a job and what is asked of it, where that changes it. The state of a job that runs `here` is
        what we know, not what we wrote.
        """
        if operation.kind is not OperationKind.JOB or operation.id in self._ended:
            return None
        body = orjson.loads(operation.body)
        if body.get("type") != TYPE:
            return None
        if "part" in body:
            self._parts.setdefault(operation.id, []).extend(body["part"])
        elif "ask" in body:
            job, what = self.running.get(operation.id), Ask(body["ask"])
            return (job, what) if job is not None and job.ask(what) else None
        elif operation.id not in here:
            self._see(operation, body)
        return None

    def _see(self, operation: Operation, body: Mapping[str, Any]) -> None:
        job = self.running.get(operation.id)
        if job is None:
            job = self.running[operation.id] = job_of(operation, body, self._parts.pop(operation.id, []))
        job.state, job.sent, job.failed = JobState(body["state"]), body["sent"], body["failed"]
        if job.state.ended:
            self.end(job)

    def end(self, job: Job) -> None:
        """It has ended: its set is forgotten."""
        self.running.pop(job.id, None)
        self._ended.add(job.id)


def job_of(operation: Operation, body: Mapping[str, Any], ids: list[str]) -> Job:
    return Job(
        id=operation.id,
        account=operation.account,
        author=operation.author,
        created_at=body["created_at"],
        count=body["count"],
        rate=body["rate"],
        skip_done=body["skip_done"],
        filter=body["filter"],
        ids=ids,
    )


def operation(job: Job, at: int, author: str, **body: Any) -> Operation:
    text = dump({"type": TYPE, **body})
    return Operation(id=job.id, kind=OperationKind.JOB, account=job.account, at=at, author=author, body=text)


def parts_of(job: Job, at: int) -> list[Operation]:
    """The frozen set; written before the first state."""
    return [
        operation(job, at, job.author, part=job.ids[start : start + PART]) for start in range(0, len(job.ids), PART)
    ]


def state_of(job: Job, at: int) -> Operation:
    """The job as it is."""
    return operation(
        job,
        at,
        job.author,
        state=job.state.value,
        created_at=job.created_at,
        count=job.count,
        sent=job.sent,
        failed=job.failed,
        rate=job.rate,
        skip_done=job.skip_done,
        filter=dict(job.filter),
    )


def ask(job_id: str, account: str, what: Ask, *, at: int, author: str) -> Operation:
    """What somebody asks of a job."""
    body = dump({"type": TYPE, "ask": what.value})
    return Operation(id=job_id, kind=OperationKind.JOB, account=account, at=at, author=author, body=body)
