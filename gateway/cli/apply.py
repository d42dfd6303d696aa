"""`hookline apply`: makes a configuration file true, as one change; what is wrong is named by file, line and path."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["apply"]

STARTING_WITHIN = 30.0  # seconds that a gateway may take to be ready
WORDS = {"created": "green", "updated": "yellow", "unchanged": "bright_black"}


def apply(
    file: Annotated[
        Path, typer.Option("--file", "-f", metavar="FILE", help="YAML 1.2; ${NAME} is from the environment")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
) -> None:
    """Make a configuration file true: one change, all or nothing; applying it twice changes nothing."""
    from gateway.cli.client import Client, Refused
    from gateway.cli.configuration_file import read_file

    read = read_file(file)
    query = {"dry_run": "true"} if dry_run else {}
    try:
        done = patiently(Client.from_environment(), f"/v1/{read.account}/configuration", read.content, query)
    except Refused as refused:
        errors = refused.problem.get("errors") if isinstance(refused.problem, dict) else None
        if not errors:
            raise
        for error in errors:
            sys.stderr.write(f"hookline: {read.place(error['path'])}: {error['message']}\n")
        sys.stderr.write(f"hookline: {file} was not applied; nothing has changed\n")
        sys.exit(1)
    show(done)


def patiently(client: Any, path: str, content: Any, query: dict[str, str]) -> Any:
    """Ask; again while the gateway is starting."""
    from gateway.cli.client import Refused

    end = time.monotonic() + STARTING_WITHIN
    while True:
        try:
            return client.call("PUT", path, content, query=query)
        except Refused as refused:
            if refused.status != 503 or time.monotonic() > end:  # noqa: PLR2004 - unavailable
                raise
            time.sleep(0.2)


def show(done: dict[str, Any]) -> None:
    """One line for each thing that changes, and a sum."""
    counts = dict.fromkeys(WORDS, 0)
    for each in done["changes"]:
        counts[each["change"]] += 1
        if each["change"] != "unchanged":
            word = typer.style(each["change"].ljust(9), fg=WORDS[each["change"]])
            typer.echo(f"{word} {each['kind']} {each['name']}")
    total = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    typer.echo(f"{'would be: ' if done['dry_run'] else ''}{total or 'nothing to do'}")
