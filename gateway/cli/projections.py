"""`hookline projections`: the views are folds of the log: build them anew, compare them, look at how they were."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from projections.rebuild import Told
    from schemas.settings import Settings

app = typer.Typer(
    help="The views, which are folds of the log: build them anew, compare them with it, look at how they were.",
    no_args_is_help=True,
)


@app.command()
def rebuild(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="begin anew, also where an earlier rebuild was interrupted")
    ] = False,
) -> None:
    """Fold the whole log into a new store, which takes the place of the old one once it has caught up.

    Readers have the old one until then. One that was interrupted is gone on with by the next.
    """
    from projections.rebuild import rebuild

    settings = prepared()
    started = time.monotonic()
    with shown("folding the log") as told:
        done = rebuild(settings, now_ms(), told, fresh=fresh)
    seconds = max(time.monotonic() - started, 0.001)
    before = f", {done.found:,} of an earlier run kept" if done.found else ""
    typer.echo(
        f"the store is built anew: {done.folded:,} records in {seconds:.1f} s ({done.folded / seconds:,.0f}/s){before}"
    )


@app.command()
def verify() -> None:
    """Fold the log again and compare: ends with 1 and names the rows that differ, if any do."""
    from projections.again import verify

    settings = prepared()
    with shown("folding the log again") as told:
        verdict = verify(settings, now_ms(), told)
    for difference in verdict.named:
        typer.echo(str(difference))
    if verdict.differing:
        typer.echo(f"different: {', '.join(verdict.differing)}; `hookline projections rebuild` makes the store anew")
        raise typer.Exit(1)
    typer.echo(f"the store is what the log says: {verdict.records:,} records, {len(verdict.same)} tables")


@app.command()
def dump(
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="TIME", help="such as 2026-11-24T09:00:00Z; default: now")
    ] = "",
    table: Annotated[str, typer.Option(metavar="NAME", help="only this table, such as attempts")] = "",
) -> None:
    """Print the state as it was at a time: a JSON object a line, `table` and the columns; folded from the log."""
    import orjson

    from projections.again import dump
    from projections.queries.times import read_time

    settings = prepared()
    moment = read_time("--as-of", as_of) if as_of else now_ms()
    with shown("folding the log") as told:
        for name, row in dump(settings, moment, table or None, told):
            sys.stdout.buffer.write(orjson.dumps({"table": name, **row}, default=text_of) + b"\n")
    sys.stdout.buffer.flush()


def text_of(value: object) -> str:
    """Bytes, as base64."""
    from base64 import b64encode

    if not isinstance(value, bytes):
        raise TypeError
    return b64encode(value).decode()


def prepared() -> Settings:
    from gateway.up.holding import make_private
    from gateway.up.quiet import quiet_kafka
    from schemas.settings import Settings

    quiet_kafka()
    settings = Settings()
    make_private(settings.data_dir)
    return settings


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def shown(what: str) -> Iterator[Told]:
    """A bar with the rate and the time left, where somebody looks."""
    from projections.rebuild import Told

    if not sys.stderr.isatty():
        yield Told()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(TextColumn(what), *columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")

        class Shown(Told):
            def total(self, records: int, done: int) -> None:
                bar.update(task, total=records, completed=done)

            def advance(self, records: int) -> None:
                speed = bar.tasks[0].speed
                bar.update(task, advance=records, rate=f"{speed:,.0f}/s" if speed else "")

            def indexing(self) -> None:
                bar.update(task, rate="making the indexes")

        yield Shown()
