"""`hookline events send`: customer events from a file or a pipe, one JSON object a line, in batches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import HooklineError

if TYPE_CHECKING:
    from gateway.cli.client import Client
    from gateway.cli.event_lines import Line

__all__ = ["app"]

NOT_FOUND = 404

app = typer.Typer(help="Customer events.", no_args_is_help=True)


@app.callback()
def events() -> None:
    """Customer events."""


@app.command()
def send(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="one JSON object a line; - is standard input")] = "-",
    account: Annotated[
        str, typer.Option("--account", "-a", help="for lines that name none; default: HOOKLINE_ACCOUNT")
    ] = "",
) -> None:
    """Send customer events; prints the id of each, or why it was refused. Ends with 1 when one was."""
    from gateway.cli.accounts import named_account
    from gateway.cli.client import Client
    from gateway.cli.event_lines import batches, read_lines

    client, sums = Client.from_environment(), Sums()
    with opened(file) as (stream, size), progress(size) as advance:
        for batch in batches(read_lines(stream, named_account(account))):
            try:
                outcomes = answered(client, batch)
            except HooklineError as error:
                typer.echo(f"hookline: line {batch[0].number}: sending ends here: {error}", err=True)
                sums.ended = True
                break
            refused = sum(report(line, outcome) for line, outcome in zip(batch, outcomes, strict=True))
            sums.sent += len(batch) - refused
            sums.refused += refused
            advance(sum(line.size + 1 for line in batch))
    typer.echo(f"{sums.sent} sent, {sums.refused} refused", err=True)
    sys.exit(1 if sums.refused or sums.ended else 0)


@dataclass(slots=True)
class Sums:
    """What became of all lines; `ended` before the last one."""

    sent: int = 0
    refused: int = 0
    ended: bool = False


def answered(client: Client, batch: list[Line]) -> list[dict[str, Any]]:
    """What became of each: its id, or an error; one account that is not there keeps the others' events from nothing.

    Raises:
        HooklineError: Hookline does not answer, or not this key: there is no use in going on.
    """
    from gateway.cli.client import Refused

    if batch[0].error is not None:
        return [{"error": {"path": "", "message": line.error}} for line in batch]
    from gateway.cli.accounts import path_of

    account, events = batch[0].account, [line.event for line in batch]
    try:
        items: list[dict[str, Any]] = client.call("POST", f"{path_of(account)}/events", {"events": events})["items"]
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
        message = f"there is no account {account!r} that this key can see"
        return [{"error": {"path": "account", "message": message}} for _ in batch]
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
