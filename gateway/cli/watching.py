"""Follows a job of the gateway until it has ended, with a bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["ENDED", "watch"]

EVERY = 0.5  # seconds between two looks
ENDED = {"done", "cancelled"}


def watch(
    client: Client, path: str, job: dict[str, Any], reached: Callable[[dict[str, Any]], int], noun: str
) -> dict[str, Any]:
    """The job as it ended; `reached` says how many of its members are dealt with.

    Raises:
        KeyboardInterrupt: Ctrl-C; the job goes on.
    """
    after = {"after": job["position"]}
    with progress(job["count"], noun) as show:
        while job["state"] not in ENDED:
            status, found = client.exchange("GET", f"{path}?{urlencode(after)}")
            if status == HTTPStatus.OK:
                job, after = found, {}
                show(reached(job))
            elif status != HTTPStatus.NOT_FOUND or not after:  # the view may be behind what was just started
                job = client.call("GET", path)
            if job["state"] not in ENDED:
                sleep(EVERY)
    return job


@contextmanager
def progress(count: int, noun: str) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal, nothing elsewhere; the function takes how many are dealt with."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(noun, total=count)
        yield lambda done: bar.update(task, completed=done)
