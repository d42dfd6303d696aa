"""The operations of what is looked into rather than listed: traces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api import trace_shapes
from gateway.api.activity import Activity, ActivityQuery, ActivityRow
from gateway.api.answers import EVENTS
from gateway.api.changes import Changes, ChangeShown, ChangesQuery
from gateway.api.customers import Customers, Entry, TimelineQuery
from gateway.api.log_queries import AttemptStream, RequestStream
from gateway.api.log_shapes import LogList
from gateway.api.looking_up import Looked, Lookup, LookupQuery
from gateway.api.operations import Access, Operation
from gateway.api.rejected_shapes import RejectedHandled, RejectedQuery, RejectedRow, RejectedWhole
from gateway.api.rejecting import RejectedDoor
from gateway.api.shapes import ConfigurationList
from gateway.api.streaming import Streams
from gateway.api.traces import Traces

__all__ = ["ReadDoors", "of_reading"]

BASE = "/v1/{account}"
reads = partial(Operation, method="GET", access=Access.READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDoors:
    """The handlers."""

    traces: Traces
    streams: Streams
    rejected: RejectedDoor
    customers: Customers
    lookup: Lookup
    changes: Changes
    activity: Activity


def of_reading(doors: ReadDoors) -> Iterator[Operation]:
    """All of them; their paths are tried before those of single rows."""
    yield from of_streams(doors.streams)
    yield from of_traces(doors.traces)
    yield from of_people(doors)
    yield reads(
        path=f"{BASE}/lookup",
        tag="Events",
        summary="What an id, a customer or a name is, and where the console shows it",
        handle=doors.lookup.look,
        query=LookupQuery,
        answer=Looked,
    )
    yield reads(
        path=f"{BASE}/customers/{{customer}}/timeline",
        tag="Events",
        summary="What happened to one customer: requests, events and attempts, the newest first",
        handle=doors.customers.timeline,
        query=TimelineQuery,
        answer=LogList[Entry],
    )
    yield from of_rejected(doors.rejected, "/v1/rejected", Access.OPERATOR, Access.OPERATOR, " of no account")
    yield from of_rejected(doors.rejected, f"{BASE}/rejected", Access.READ, Access.WRITE, "")


def of_traces(door: Traces) -> Iterator[Operation]:
    yield reads(
        path=f"{BASE}/events/{{id}}/trace",
        tag="Events",
        summary="From the request to the last attempt, by the id of a request, an event, a delivery or an attempt",
        handle=door.trace,
        answer=trace_shapes.TraceShown,
    )
    yield reads(
        path=f"{BASE}/incoming-log/{{id}}",
        tag="Logs",
        summary="One request, whole, with the definitions that it was tried on",
        handle=door.request,
        answer=trace_shapes.RequestTold,
    )


def of_streams(door: Streams) -> Iterator[Operation]:
    follows = partial(reads, tag="Logs", downloads=EVENTS)
    yield follows(
        path=f"{BASE}/webhook-log/stream",
        summary="The webhook log live: an event an attempt when it has ended, with the filters of the list",
        handle=door.webhook_log,
        query=AttemptStream,
    )
    yield follows(
        path=f"{BASE}/incoming-log/stream",
        summary="The incoming log live: an event a request, with the filters of the list",
        handle=door.incoming_log,
        query=RequestStream,
    )


def of_rejected(door: RejectedDoor, base: str, look: Access, act: Access, whose: str) -> Iterator[Operation]:
    looks = partial(Operation, method="GET", access=look, tag="Rejected")
    acts = partial(
        Operation,
        method="POST",
        access=act,
        tag="Rejected",
        answer=RejectedHandled,
        status=202,
        problems=("not_found", "wrong_state"),
    )
    yield looks(
        path=base,
        summary=f"Records{whose} that could not be used",
        handle=door.list,
        query=RejectedQuery,
        answer=LogList[RejectedRow],
    )
    yield looks(
        path=f"{base}/{{id}}", summary=f"One rejected record{whose}, raw", handle=door.read, answer=RejectedWhole
    )
    yield acts(
        path=f"{base}/{{id}}/retry",
        summary=f"Write a rejected record{whose} again, as it is, where it came from",
        handle=door.retry,
    )
    yield acts(
        path=f"{base}/{{id}}/dismiss",
        summary=f"Say that nothing is to be done about a rejected record{whose}; it stays",
        handle=door.dismiss,
    )


def of_people(doors: ReadDoors) -> Iterator[Operation]:
    yield reads(
        path=f"{BASE}/changes",
        tag="Configuration",
        summary="Who changed what, and when",
        handle=doors.changes.list,
        query=ChangesQuery,
        answer=ConfigurationList[ChangeShown],
    )
    yield reads(
        path=f"{BASE}/activity",
        tag="Configuration",
        summary="What people asked for besides: resends, cancels, jobs, what was done about rejected records",
        handle=doors.activity.list,
        query=ActivityQuery,
        answer=LogList[ActivityRow],
    )
