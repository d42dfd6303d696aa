"""The operations of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api import figure_shapes as shapes
from gateway.api.figures import Figures
from gateway.api.operations import Access, Operation
from gateway.api.status import Status, StatusShown

__all__ = ["FigureDoors", "of_figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDoors:
    """The handlers."""

    figures: Figures
    status: Status


def of_figures(doors: FigureDoors) -> Iterator[Operation]:
    """All of them."""
    yield Operation(
        method="GET",
        path="/v1/status",
        access=Access.OPERATOR,
        tag="Health",
        summary="How Kafka, the store and every role do, and how far behind they are",
        handle=doors.status.show,
        answer=StatusShown,
    )
    base, door = "/v1/{account}/stats", doors.figures
    reads = partial(Operation, method="GET", access=Access.READ, tag="Figures")
    yield reads(
        path=f"{base}/attempts",
        summary="Attempts by status and how long they took, step by step",
        handle=door.attempts,
        query=shapes.AttemptSeriesQuery,
        answer=shapes.Series[shapes.AttemptPoint],
    )
    yield reads(
        path=f"{base}/incoming",
        summary="Requests by outcome and how long their answers took, step by step",
        handle=door.incoming,
        query=shapes.IncomingSeriesQuery,
        answer=shapes.Series[shapes.IncomingPoint],
    )
    yield reads(
        path=f"{base}/queue",
        summary="How many messages waited, step by step",
        handle=door.queue,
        query=shapes.QueueSeriesQuery,
        answer=shapes.QueueSeries,
    )
    yield reads(
        path=f"{base}/failures",
        summary="What failed, in groups of one site, answer and error",
        handle=door.failures,
        query=shapes.FailureQuery,
        answer=shapes.Failures,
    )
