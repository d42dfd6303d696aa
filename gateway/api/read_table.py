"""The operations of what is looked into rather than listed: traces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api import trace_shapes
from gateway.api.answers import EVENTS
from gateway.api.log_queries import AttemptStream, RequestStream
from gateway.api.operations import Access, Operation
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


def of_reading(doors: ReadDoors) -> Iterator[Operation]:
    """All of them; their paths are tried before those of single rows."""
    yield from of_streams(doors.streams)
    yield from of_traces(doors.traces)


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
