"""The operations about outgoing webhooks that are no configuration and no list: tests, resends, the queue's verbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gateway.api.asking import Asking, Commanded
from gateway.api.operations import Access, Operation
from gateway.api.testing import SiteTested, SiteTestSent, Testing

__all__ = ["OutgoingDoors", "of_outgoing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDoors:
    """The handlers."""

    testing: Testing
    asking: Asking


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
