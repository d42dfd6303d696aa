"""The operations around incoming webhooks and their log that are no plain collection: paths of words, tried first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api.catalogue import Blueprints, blueprints
from gateway.api.dry_run_shapes import DryRunAnswer, DryRunSent, HistoryAnswer, NewDryRunSent
from gateway.api.dry_runs import DryRuns
from gateway.api.job_shapes import HistoryJob, HistoryStarted, JobQuery, JobsQuery, ReprocessJob, ReprocessStarted
from gateway.api.jobs import JobDoor, of_asks
from gateway.api.log_shapes import LogList
from gateway.api.operations import Access, Operation
from gateway.api.reprocess_shapes import Reprocessed, ReprocessSent
from gateway.api.reprocessing import ReprocessDoor

__all__ = ["IncomingDoors", "of_incoming"]

TAG = "Incoming webhooks"
BASE = "/v1/{account}/incoming-webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingDoors:
    """The handlers."""

    dry_runs: DryRuns
    reprocessing: ReprocessDoor
    jobs: JobDoor


def of_incoming(doors: IncomingDoors) -> Iterator[Operation]:
    """All of them."""
    yield Operation(
        method="GET",
        path="/v1/blueprints",
        access=Access.KEY,
        tag=TAG,
        summary="Incoming webhooks to start from",
        handle=blueprints,
        answer=Blueprints,
    )
    tries = partial(
        Operation,
        method="POST",
        access=Access.WRITE,
        tag=TAG,
        answer=DryRunAnswer | HistoryAnswer | HistoryStarted,
        other_status=202,
        other_says="more than a thousand requests: a job has been started",
        problems=("invalid", "wrong_state"),
    )
    yield tries(
        path=f"{BASE}/dry-run",
        summary="Try an unsaved incoming webhook on a sample, a logged request, or the last of them",
        handle=doors.dry_runs.unsaved,
        body=NewDryRunSent,
    )
    yield tries(
        path=f"{BASE}/{{id}}/dry-run",
        summary="Try an incoming webhook, as saved or changed, on a sample, a logged request, or the last of them",
        handle=doors.dry_runs.saved,
        body=DryRunSent,
    )
    yield Operation(
        method="POST",
        path="/v1/{account}/incoming-log/reprocess",
        access=Access.WRITE,
        tag="Logs",
        summary="Run logged requests again through today's definitions, or say what would come of it",
        handle=doors.reprocessing.run,
        body=ReprocessSent,
        answer=Reprocessed | ReprocessStarted,
        other_status=202,
        other_says="more than a thousand requests: a job has been started",
        problems=("invalid",),
    )
    yield from of_jobs(doors.jobs)


def of_jobs(door: JobDoor) -> Iterator[Operation]:
    base, tag = "/v1/{account}/jobs", "Jobs"
    reads = partial(Operation, method="GET", access=Access.READ, tag=tag)
    yield reads(
        path=base,
        summary="Checks of history and reprocessing that take longer than one answer",
        handle=door.list,
        query=JobsQuery,
        answer=LogList[HistoryJob | ReprocessJob],
    )
    yield reads(
        path=f"{base}/{{id}}",
        summary="One job, its progress, and what has come of it",
        handle=door.read,
        query=JobQuery,
        answer=HistoryJob | ReprocessJob,
    )
    yield from of_asks(door, base, "job", tag, HistoryStarted | ReprocessStarted)
