"""The command `hookline`: every role, and the tools of the people who run them.

A command imports what it needs when it runs, so that the help is there at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import apply as applying
from gateway.cli import console as consoles
from gateway.cli import (
    db,
    doctor,
    events,
    export,
    incoming_log,
    kafka,
    projections,
    queue,
    rejected,
    reprocess,
    resend,
    secrets,
    sites,
    subscriptions,
    tail,
    topics,
    trace,
)
from gateway.cli import log as logs
from gateway.cli import status as statuses
from gateway.cli.failing import in_one_line
from gateway.cli.misspelled import warn_of_unknown_settings
from gateway.up import tether

if TYPE_CHECKING:
    from schemas.settings import Settings

__all__ = ["app", "main"]

app = typer.Typer(
    name="hookline",
    help="Event-sourced webhooks on Apache Kafka. `hookline up` starts everything.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(kafka.app, name="kafka")
app.add_typer(topics.app, name="topics")
app.add_typer(events.app, name="events")
app.add_typer(sites.app, name="sites")
app.add_typer(subscriptions.app, name="subscriptions")
app.add_typer(db.app, name="db")
app.add_typer(projections.app, name="projections")
app.add_typer(queue.app, name="queue")
app.add_typer(resend.resends, name="resends")
app.add_typer(rejected.app, name="rejected")
app.command("apply")(applying.apply)
app.command("export")(export.export)
app.command("doctor")(doctor.doctor)
app.command("status")(statuses.status)
app.command("tail")(tail.tail)
app.command("log")(logs.log)
app.command("console")(consoles.console)
app.command("trace")(trace.trace)
app.command("incoming-log")(incoming_log.incoming_log)
app.command("resend")(resend.resend)
app.command("reprocess")(reprocess.reprocess)
app.add_typer(secrets.app, name="secrets")

SPEAK_RECORDS = {"doctor", "projections", "secrets", "tail"}  # commands that read or write records themselves
ROLES = "Roles (each runs alone, as many as you like)"


def main() -> None:
    """Run the command line; an error that a person can act on is one line, never a traceback."""
    with in_one_line():
        warn_of_unknown_settings()
        app()


def show_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        typer.echo(f"hookline {metadata.version('hookline')}")
        raise typer.Exit


@app.callback()
def hookline(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="show the version and exit")
    ] = False,
) -> None:
    """Event-sourced webhooks on Apache Kafka. `hookline up` starts everything."""
    if context.invoked_subcommand in SPEAK_RECORDS:
        from gateway.registry import use_registry
        from schemas.settings import Settings

        use_registry(Settings())


@app.command()
def up(
    apply: Annotated[str, typer.Option(metavar="FILE", help="apply this configuration once the gateway is live")] = "",
    receiver: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="also start a receiver that shows what arrives there")
    ] = "",
) -> None:
    """Start everything: a local Kafka unless one is configured, topics, keys and every role."""
    from pathlib import Path

    from gateway.up.supervisor import Plan, run
    from schemas.settings import Settings

    sys.exit(run(Settings(), Plan(Path(apply) if apply else None, receiver)))


@app.command(rich_help_panel=ROLES)
def gateway() -> None:
    """Take requests and answer them; the API."""
    settings = started()
    from gateway.app import run

    sys.exit(run(settings))


@app.command(rich_help_panel=ROLES)
def streams() -> None:
    """Turn requests into customer events, and events into deliveries."""
    settings = started()
    from gateway.up.metrics_server import serve_metrics
    from streams.edges.metrics import STREAMS
    from streams.faust_worker import run

    serve_metrics(settings, STREAMS)
    sys.exit(run(settings))


@app.command(rich_help_panel=ROLES)
def courier() -> None:
    """Deliver, and send again what failed."""
    settings = started()
    from gateway.up.metrics_server import serve_metrics
    from streams.courier import run
    from streams.edges.metrics import COURIER

    serve_metrics(settings, COURIER)
    sys.exit(run(settings))


@app.command(rich_help_panel=ROLES)
def projector() -> None:
    """Fold the log into the store that the API reads."""
    settings = started()
    from gateway.up.metrics_server import serve_metrics
    from projections.metrics import PROJECTOR
    from projections.project import run
    from streams.edges.worker_slot import worker_slot

    serve_metrics(settings, PROJECTOR)
    # Two projectors of one host are two members: each has its slot, as the other roles have.
    sys.exit(run(settings.model_copy(update={"worker_slot": worker_slot(settings, "projector")})))


def started() -> Settings:
    """What every role begins with: it ends with its supervisor, and its log has its form."""
    tether.hold()
    from gateway.registry import wait_for_registry
    from gateway.up.holding import make_private
    from schemas.settings import Settings
    from streams.edges import logs

    settings = Settings()
    make_private(settings.data_dir)
    logs.configure(settings)
    wait_for_registry(settings)
    return settings


@app.command()
def receiver(
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="where to listen")] = "127.0.0.1:8090",
    status: Annotated[int, typer.Option(min=200, max=599, help="answer every message with this status")] = 200,
) -> None:
    """Show each webhook message that arrives, and answer it."""
    tether.hold()
    from gateway.up.receiver import run

    sys.exit(run(listen, status))


@app.command()
def demo() -> None:
    """Send the five samples of the example account to a running Hookline, and show what became of them."""
    from gateway.cli import demo

    demo.demo()


if __name__ == "__main__":
    main()
