"""`hookline events send`: customer events from a file or a pipe, one JSON object a line, in batches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gateway.cli.client import Client
    from gateway.cli.event_lines import Line

__all__ = ["app"]

app = typer.Typer(help="Customer events.", no_args_is_help=True)


@app.callback()
def events() -> None:
    """Customer events."""


@app.command()
def send(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="one JSON object a line; - is standard input")] = "-",
    account: Annotated[str, typer.Option("--account", "-a", help="for lines that name none")] = "",
) -> None:
    """Send customer events; prints the id of each, or why it was refused. Ends with 1 when one was."""
    from gateway.cli.client import Client
    from gateway.cli.event_lines import batches, read_lines

    client, sent, refused = Client.from_environment(), 0, 0
    with opened(file) as (stream, size), progress(size) as advance:
        for batch in batches(read_lines(stream, account)):
            outcomes = answered(client, batch)
            refused += sum(report(line, outcome) for line, outcome in zip(batch, outcomes, strict=True))
            sent += len(batch)
            advance(sum(line.size + 1 for line in batch))
    typer.echo(f"{sent - refused} sent, {refused} refused", err=True)
    sys.exit(1 if refused else 0)


def answered(client: Client, batch: list[Line]) -> list[dict[str, Any]]:
    """What became of each: its id, or an error."""
    if batch[0].error is not None:
        return [{"error": {"path": "", "message": line.error}} for line in batch]
    found = client.call("POST", f"/v1/{batch[0].account}/events", {"events": [line.event for line in batch]})
    items: list[dict[str, Any]] = found["items"]
    return items


def report(line: Line, outcome: dict[str, Any]) -> bool:
    """Print one outcome; whether it was a refusal."""
    error = outcome.get("error")
    if error is None:
        typer.echo(outcome["id"])
        return False
    where = f"{error['path']}: " if error["path"] else ""
    typer.echo(f"hookline: line {line.number}: {where}{error['message']}", err=True)
    return True


@contextmanager
def opened(file: str) -> Iterator[tuple[Any, int | None]]:
    """The lines and, where it is known, the size of all of them."""
    if file == "-":
        yield sys.stdin.buffer, None
        return
    try:
        stream = open(file, "rb")  # noqa: PTH123, SIM115 - closed below
    except OSError as error:
        from gateway.cli.configuration_file import FileUnusable

        raise FileUnusable(f"{file} cannot be read: {error.strerror}") from None
    with stream:
        yield stream, os.fstat(stream.fileno()).st_size


@contextmanager
def progress(size: int | None) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal, nothing elsewhere; the function takes bytes done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeElapsedColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=size)
        yield lambda done: bar.advance(task, done)
