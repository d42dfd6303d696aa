"""The operations of what is read from the store: both logs, the queue, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gateway.api import log_queries as queries
from gateway.api import log_shapes as logs
from gateway.api.logs import Logs
from gateway.api.operations import Access, Operation

__all__ = ["of_logs"]


def of_logs(door: Logs) -> Iterator[Operation]:
    reads = partial(Operation, method="GET", access=Access.READ, tag="Logs")
    base = "/v1/{account}"
    yield reads(
        path=f"{base}/incoming-log",
        summary="Requests to the account's endpoints",
        handle=door.incoming_log,
        query=queries.RequestQuery,
        answer=logs.LogList[logs.RequestRow],
    )
    yield reads(
        path=f"{base}/webhook-log",
        summary="Attempts to deliver",
        handle=door.webhook_log,
        query=queries.AttemptQuery,
        answer=logs.LogList[logs.AttemptRow],
    )
    yield reads(
        path=f"{base}/webhook-log/{{id}}", summary="One attempt, whole", handle=door.attempt, answer=logs.AttemptWhole
    )
    yield reads(
        path=f"{base}/queue",
        summary="What is waiting to be sent",
        handle=door.queue,
        query=queries.QueueQuery,
        answer=logs.LogList[logs.QueueRow],
    )
    yield reads(
        path=f"{base}/queue/summary",
        summary="How much is waiting, and since when, by reason and site",
        handle=door.queue_summary,
        answer=logs.QueueSummary,
    )
    yield reads(
        path=f"{base}/deliveries/{{id}}",
        summary="One delivery with its attempts",
        handle=door.delivery,
        answer=logs.DeliveryShown,
    )
