"""The operations about outgoing webhooks that are no configuration and no list: tests, resends, the queue's verbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api.asking import Asking, Commanded
from gateway.api.condition_runs import ConditionRuns
from gateway.api.export_table import of_exports
from gateway.api.exports import Exports
from gateway.api.job_shapes import JobQuery, JobsQuery
from gateway.api.jobs import JobDoor, of_asks
from gateway.api.log_shapes import LogList
from gateway.api.operations import Access, Operation
from gateway.api.previewing import Previewed, Previewing, SitePreviewSent
from gateway.api.resend_shapes import ResendCounted, ResendShown, ResendsSent, ResendStarted
from gateway.api.resends import Resends
from gateway.api.testing import SiteTested, SiteTestSent, Testing

__all__ = ["OutgoingDoors", "of_outgoing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDoors:
    """The handlers."""

    testing: Testing
    previewing: Previewing
    asking: Asking
    conditions: ConditionRuns
    resends: Resends
    resend_jobs: JobDoor
    exports: Exports


def of_outgoing(doors: OutgoingDoors) -> Iterator[Operation]:
    """All of them."""
    base = "/v1/{account}"
    writes = partial(Operation, method="POST", access=Access.WRITE)
    asks = partial(writes, answer=Commanded, status=202)
    yield writes(
        path=f"{base}/sites/{{id}}/test",
        tag="Sites",
        summary="Send one message to a site as it is saved: one attempt, in the webhook log as action `test`",
        handle=doors.testing.test,
        body=SiteTestSent,
        body_optional=True,
        answer=SiteTested,
        problems=("invalid", "archived"),
    )
    yield Operation(
        method="POST",
        path=f"{base}/sites/{{id}}/preview",
        access=Access.READ,
        tag="Sites",
        summary="The message that a site would get, to the byte, secrets as dots; nothing is sent",
        handle=doors.previewing.preview,
        body=SitePreviewSent,
        body_optional=True,
        answer=Previewed,
        problems=("invalid",),
    )
    yield asks(
        path=f"{base}/webhook-log/{{id}}/resend",
        tag="Logs",
        summary="Send the delivery of an attempt again: a new chain; a retry of it that waits is superseded",
        handle=doors.asking.resend,
        problems=("wrong_state", "archived"),
    )
    yield asks(
        path=f"{base}/queue/{{delivery_id}}/cancel",
        tag="Logs",
        summary="End what waits of a delivery: Failed, with the error `cancelled`",
        handle=doors.asking.cancel,
        problems=("not_found",),
    )
    yield asks(
        path=f"{base}/queue/{{delivery_id}}/send-now",
        tag="Logs",
        summary="Make the attempt that waits before its time",
        handle=doors.asking.send_now,
        problems=("not_found", "wrong_state", "archived"),
    )
    yield from of_resends(doors.resends, doors.resend_jobs)
    yield from of_exports(doors.exports)


def of_resends(door: Resends, jobs: JobDoor) -> Iterator[Operation]:
    base, tag = "/v1/{account}/resends", "Resends"
    reads = partial(Operation, method="GET", access=Access.READ, tag=tag)
    yield reads(path=base, summary="Resends of many", handle=jobs.list, query=JobsQuery, answer=LogList[ResendShown])
    yield Operation(
        method="POST",
        path=base,
        access=Access.WRITE,
        tag=tag,
        summary="Count what a filter selects (`dry_run`, 200), then send exactly that (`token`, 202)",
        handle=door.post,
        body=ResendsSent,
        answer=ResendCounted | ResendStarted,
        status=202,
        other_status=200,
        other_says="counted; nothing is sent yet",
        problems=("invalid",),
    )
    yield reads(path=f"{base}/{{id}}", summary="One resend", handle=jobs.read, query=JobQuery, answer=ResendShown)
    yield from of_asks(jobs, base, "resend", tag, ResendStarted)
