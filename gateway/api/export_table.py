"""The operations that give files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gateway.api.exports import CSV, NDJSON, PSV, Exports
from gateway.api.log_queries import AttemptFilters, EventFilters, QueueFilters, RequestFilters
from gateway.api.operations import Access, Operation

__all__ = ["of_exports"]


def of_exports(door: Exports) -> Iterator[Operation]:
    """Every list of the store in every format."""
    lists = (
        ("webhook-log", "The webhook log", door.webhook_log, AttemptFilters),
        ("incoming-log", "The incoming log", door.incoming_log, RequestFilters),
        ("events", "The event history", door.events, EventFilters),
        ("queue", "What is waiting", door.queue, QueueFilters),
    )
    for name, what, handle, query in lists:
        for form in (CSV, PSV, NDJSON):
            yield Operation(
                method="GET",
                path=f"/v1/{{account}}/{name}.{form.suffix}",
                access=Access.READ,
                tag="Logs",
                summary=f"{what} as a file: {form.suffix.upper()}, the newest first",
                handle=partial(handle, form=form),
                query=query,
                downloads=form.content_type,
            )
