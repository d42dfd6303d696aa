"""`hookline doctor`: looks at everything that Hookline needs, and says what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from gateway.cli.options import AsJson

if TYPE_CHECKING:
    from gateway.doctor.finding import Finding

__all__ = ["doctor"]

COLOURS = {"fine": "green", "warning": "yellow", "wrong": "red"}


def doctor(as_json: AsJson = False) -> None:
    """Look at broker, topics, roles, keys, clock, store and disk, and say what to do.

    Ends with 0 when everything works, warnings or not; with 1 when something does not; with 2 for wrong settings.
    """
    import logging

    import structlog

    from gateway.cli.client import Client
    from gateway.doctor.examine import examine
    from gateway.doctor.finding import Level
    from gateway.up.quiet import quiet_kafka
    from schemas.settings import Settings

    quiet_kafka()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # findings say it all
    worst = Level.FINE
    for finding in examine(Settings(), Client.from_environment()):
        show(finding, as_json=as_json)
        if finding.level is Level.WRONG or worst is Level.FINE:
            worst = finding.level
    sys.exit(1 if worst is Level.WRONG else 0)


def show(finding: Finding, *, as_json: bool) -> None:
    """One line as JSON; or for people, with what to do beneath."""
    if as_json:
        from dataclasses import asdict

        from schemas.json_text import dump

        typer.echo(dump(asdict(finding)))
        return
    word = typer.style(f"{finding.level.value:8}", fg=COLOURS[finding.level.value])
    typer.echo(f"{word} {finding.area:8} {finding.what}")
    if finding.do:
        typer.echo(f"{'':17} -> {finding.do}")
