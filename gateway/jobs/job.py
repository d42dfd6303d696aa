"""A job: a frozen set of things to do, and its state, folded from `operations`; whoever runs it writes its state there.

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

__all__ = [
    "ASKED",
    "ID_PREFIX",
    "Ask",
    "Job",
    "JobState",
    "JobType",
    "Jobs",
    "as_now",
    "ask",
    "body_of",
    "parts_of",
    "state_of",
]

PART = 5_000  # members of one record


class JobType(StrEnum):
    """What a job does to each member of its set."""

    RESEND = "resend"
    REPROCESS = "reprocess"
    HISTORY = "history"


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
ID_PREFIX = {JobType.RESEND: "rsd", JobType.REPROCESS: "run", JobType.HISTORY: "chk"}
OWN = frozenset({"type", "state", "created_at", "count", "reached", "error", "found"})  # names that `about` has not


@dataclass(slots=True, kw_only=True)
class Job:
    """One job, of `count` members, `reached` of which are dealt with.

    `about` is how it was asked for and never changes, `found` what has come of it: both are of its type, and JSON.
    `error` says why it was given up.
    """

    id: str
    type: JobType
    account: str
    author: str
    created_at: int
    count: int
    about: Mapping[str, Any] = field(default_factory=dict)
    state: JobState = JobState.RUNNING
    reached: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    told: JobState | None = None  # the state that the log has of it
    ids: list[str] = field(default_factory=list)

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
        body = as_now(orjson.loads(operation.body))
        if body.get("type") not in ID_PREFIX:
            return None
        if "part" in body:
            if operation.id not in self.running:
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
        job.state = job.told = JobState(body["state"])
        job.reached, job.found = body["reached"], body["found"]
        if job.state.ended:
            self.end(job)

    def end(self, job: Job) -> None:
        """It has ended: its set is forgotten."""
        self.running.pop(job.id, None)
        self._ended.add(job.id)


def as_now(body: dict[str, Any]) -> dict[str, Any]:
    """A state as it is written now; at first resends were the only jobs, and had their counts beside the rest."""
    if "sent" not in body:
        return body
    rest = {name: value for name, value in body.items() if name not in ("sent", "failed")}
    found = {"sent": body["sent"], "failed": body["failed"]}
    return {**rest, "reached": sum(found.values()), "found": found, "error": None}


def job_of(operation: Operation, body: Mapping[str, Any], ids: list[str]) -> Job:
    return Job(
        id=operation.id,
        type=JobType(body["type"]),
        account=operation.account,
        author=operation.author,
        created_at=body["created_at"],
        count=body["count"],
        about={name: value for name, value in body.items() if name not in OWN},
        ids=list(dict.fromkeys(ids)),  # two gateways may have started it at once, each with all parts
    )


def operation(job: Job, at: int, **body: Any) -> Operation:
    text = dump({"type": job.type.value} | body)
    return Operation(id=job.id, kind=OperationKind.JOB, account=job.account, at=at, author=job.author, body=text)


def parts_of(job: Job, at: int) -> list[Operation]:
    """The frozen set; written before the first state."""
    return [operation(job, at, part=job.ids[start : start + PART]) for start in range(0, len(job.ids), PART)]


def state_of(job: Job, at: int) -> Operation:
    """The job as it is."""
    return operation(job, at, **body_of(job))


def body_of(job: Job) -> dict[str, Any]:
    """A job as it is, without its set."""
    return {
        **job.about,
        "type": job.type.value,
        "state": job.state.value,
        "created_at": job.created_at,
        "count": job.count,
        "reached": job.reached,
        "found": job.found,
        "error": job.error,
    }


def ask(job_id: str, kind: JobType, account: str, what: Ask, *, at: int, author: str) -> Operation:
    """What somebody asks of a job."""
    body = dump({"type": kind.value, "ask": what.value})
    return Operation(id=job_id, kind=OperationKind.JOB, account=account, at=at, author=author, body=body)
