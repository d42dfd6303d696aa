"""`hookline demo`: sends the five samples to a running Hookline, over HTTP, and shows what became of them as tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import typer

from gateway.cli.client import Client, Refused
from gateway.cli.demo_tables import show_events, show_messages, show_requests
from gateway.up.samples import ACCOUNT, SAMPLES
from schemas.errors import HooklineError

__all__ = ["DemoFailed", "demo"]

PATIENCE = 30.0  # seconds until every message has had an attempt
EVERY = 0.1  # seconds between two looks
ENDED = {"done", "failed", "resent"}
PAGE = "100"

Row = dict[str, Any]


class DemoFailed(HooklineError):
    """The demo could not show what it is there to show."""


def demo() -> None:
    """Send the five samples of the example account, and show the request log, the events and the webhook log."""
    client = Client.from_environment()
    require_example(client)
    seen = {row["id"] for row in rows(client, "incoming-log")}
    for sample in SAMPLES:
        status, answer = client.exchange("POST", sample.path, sample.body)
        typer.echo(f"POST {sample.path}  ->  {status} {answer}")
    requests = until(lambda: fresh(client, seen), len(SAMPLES), "requests in the log")
    events = {row["event_id"] for row in requests if row["event_id"]}
    show_requests(requests)
    show_events(until(lambda: belonging(client, "events", "id", events), len(events), "events"))
    show_messages(until(lambda: ended(client, events), len(events), "messages with an attempt"))


def require_example(client: Client) -> None:
    """Check that the example account is loaded.

    Raises:
        DemoFailed: an endpoint of the samples is not active; names the command that loads them.
    """
    try:
        active = {row["endpoint"] for row in client.call("GET", f"/v1/{ACCOUNT}/incoming-webhooks/active")["items"]}
    except Refused as refused:
        if refused.status != 404:  # noqa: PLR2004 - no such account
            raise
        active = set()
    if missing := [sample.endpoint for sample in SAMPLES if sample.endpoint not in active]:
        raise DemoFailed(
            f"the account {ACCOUNT!r} has no active endpoint {missing[0]!r}: "
            "run `hookline apply -f examples/use-cases.yaml`"
        )


def rows(client: Client, name: str) -> list[Row]:
    """The newest rows of a list, oldest first."""
    found: list[Row] = client.call("GET", f"/v1/{ACCOUNT}/{name}", query={"limit": PAGE})["items"]
    return found[::-1]


def fresh(client: Client, seen: set[str]) -> list[Row]:
    """The requests that came after we looked."""
    return [row for row in rows(client, "incoming-log") if row["id"] not in seen]


def belonging(client: Client, name: str, field: str, events: set[str]) -> list[Row]:
    """The rows of a list that are about these events."""
    return [row for row in rows(client, name) if row[field] in events]


def ended(client: Client, events: set[str]) -> list[Row]:
    """The rows of the webhook log of these events, once each of them has one with an outcome."""
    found = belonging(client, "webhook-log", "event_id", events)
    return found if {row["event_id"] for row in found if row["status"] in ENDED} == events else []


def until(look: Callable[[], list[Row]], count: int, what: str) -> list[Row]:
    """Look until there are so many rows.

    Raises:
        DemoFailed: they did not come in time.
    """
    deadline = time.monotonic() + PATIENCE
    while len(found := look()) < count:
        if time.monotonic() > deadline:
            raise DemoFailed(
                f"{len(found)} instead of {count} {what} within {PATIENCE:g} s: look at the log of `hookline up`"
            )
        time.sleep(EVERY)
    return found
