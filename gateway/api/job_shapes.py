"""The shapes of jobs: what takes too long for one answer, with progress."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.dry_run_shapes import ChangedRequest
from gateway.api.operations import Query
from gateway.api.reprocess_shapes import LeftOut, ReprocessedRequest
from gateway.api.times import Time
from gateway.jobs.job import JobState

__all__ = ["HistoryJob", "HistoryStarted", "JobQuery", "JobsQuery", "ReprocessJob", "ReprocessStarted"]


class JobShown(BaseModel):
    """A job. `reached` of its `count` requests are dealt with."""

    id: str
    state: JobState
    count: int
    reached: int
    author: str
    created_at: Time
    eta_seconds: Annotated[float | None, Field(description="as it goes now; null where it does not run")]
    error: Annotated[str | None, Field(description="why it was given up")]


class HistoryJob(JobShown):
    """What a definition would have made of the last requests. `changed` comes with the end, at most 200."""

    type: Literal["history"]
    definition_id: str
    checked: int
    skipped: Annotated[int, Field(description="requests of which the log has not all")]
    passed_before: int
    passed_after: int
    changed_count: int
    changed: Annotated[list[ChangedRequest], Field(description="the newest first; empty in lists, and until the end")]


class ReprocessJob(JobShown):
    """Requests run again; what became of each is `incoming-log?run_id=ID`. `id` is that of the run."""

    type: Literal["reprocess"]
    dry_run: bool
    include_accepted: bool
    outcomes: dict[str, int]
    left_out: LeftOut
    items: Annotated[
        list[ReprocessedRequest], Field(description="the first hundred that become no event; empty in lists")
    ]
    rows: Annotated[str | None, Field(description="where its newest rows are: the incoming log takes it as `after`")]


class HistoryStarted(HistoryJob):
    """A job that has been started, or of which something was asked."""

    position: Annotated[str, Field(description="of the job: reading it takes it as `after`")]


class ReprocessStarted(ReprocessJob):
    """A job that has been started, or of which something was asked."""

    position: Annotated[str, Field(description="of the job: reading it takes it as `after`")]


class JobQuery(Query):
    """One job."""

    after: Annotated[str | None, Field(description="`position` of an answer; waited for at most two seconds")] = None


class JobsQuery(JobQuery):
    """Lists of jobs."""

    limit: Annotated[str | None, Field(description="1 to 500, default 50")] = None
    cursor: Annotated[str | None, Field(description="`next` of the answer before")] = None
    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None
    count: Annotated[str | None, Field(description="`true`: count what matches, up to 10,000")] = None
    state: Annotated[str | None, Field(description=", ".join(JobState))] = None
