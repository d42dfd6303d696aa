"""`hookline apply`: makes a configuration file true, as one change; what is wrong is named by file, line and path."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import Yes

if TYPE_CHECKING:
    from gateway.cli.client import Client
    from gateway.cli.configuration_file import ConfigurationFile

__all__ = ["apply"]

STARTING_WITHIN = 30.0  # seconds that a gateway may take to be ready
SILENT = 2.0  # seconds of them that nobody is told of
WORDS = {"created": "green", "updated": "yellow", "archived": "red", "removed": "red", "unchanged": "bright_black"}
UNAVAILABLE = 503


def apply(
    file: Annotated[
        Path, typer.Option("--file", "-f", metavar="FILE", help="YAML 1.2; ${NAME} is from the environment")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="archive or remove what the file does not name; shows it and asks first")
    ] = False,
    state: Annotated[
        bool, typer.Option("--state", help="take the file's states for what exists, too: activates and deactivates")
    ] = False,
    yes: Yes = False,
) -> None:
    """Make a configuration file true: one change, all or nothing; applying it twice changes nothing."""
    from gateway.cli.client import Client
    from gateway.cli.configuration_file import read_file

    read, client = read_file(file), Client.from_environment()
    query = {name: "true" for name, on in (("prune", prune), ("state", state)) if on}
    if dry_run or (prune and not yes):
        would_be = asked(client, read, query | {"dry_run": "true"})
        taken = [each for each in would_be["changes"] if each["change"] in {"archived", "removed"}]
        if dry_run or taken:
            show(would_be)
        if dry_run:
            return
        if taken:
            typer.confirm(f"{len(taken)} things are not named in {file} and go. Do it?", abort=True, err=True)
    show(asked(client, read, query))
    for warning in warnings(read):
        sys.stderr.write(f"hookline: {warning}\n")


def asked(client: Client, read: ConfigurationFile, query: dict[str, str]) -> Any:
    """What the gateway answers; ends with 1 where the file is wrong, each place named."""
    from gateway.cli.client import Refused

    try:
        return patiently(client, f"/v1/{read.account}/configuration", read.content, query)
    except Refused as refused:
        errors = refused.problem.get("errors") if isinstance(refused.problem, dict) else None
        if not errors:
            raise
        for error in errors:
            sys.stderr.write(f"hookline: {read.place(error['path'])}: {error['message']}\n")
        sys.stderr.write(f"hookline: {read.path} was not applied; nothing has changed\n")
        sys.exit(1)


def patiently(client: Any, path: str, content: Any, query: dict[str, str]) -> Any:
    """Ask; again while the gateway is starting, which is said once."""
    from gateway.cli.client import Refused

    begun, told = time.monotonic(), False
    while True:
        try:
            return client.call("PUT", path, content, query=query)
        except Refused as refused:
            if refused.status != UNAVAILABLE or time.monotonic() - begun > STARTING_WITHIN:
                raise
            if not told and time.monotonic() - begun > SILENT:
                told = True
                sys.stderr.write(f"hookline: {refused}; trying again for {STARTING_WITHIN:g} s\n")
            time.sleep(0.2)


def warnings(read: ConfigurationFile) -> Iterator[str]:
    """What is allowed and hardly meant: a definition whose every request would be refused."""
    for index, member in enumerate(read.content.get("incoming_webhooks") or ()):
        if all(field.get("to") != "customer" for field in member.get("mapping") or ()):
            place = read.place(f"incoming_webhooks.{index}")
            yield f"{place}: warning: no mapping gives `customer`, so every request to it is answered with 422"


def show(done: dict[str, Any]) -> None:
    """One line for each thing that changes, and a sum."""
    counts, would_be = dict.fromkeys(WORDS, 0), "would be " if done["dry_run"] else ""
    for each in done["changes"]:
        counts[each["change"]] += 1
        if each["change"] != "unchanged":
            word = typer.style(would_be + each["change"].ljust(9), fg=WORDS[each["change"]])
            typer.echo(f"{word} {each['kind']} {each['name']}")
    total = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    typer.echo(f"{would_be.rstrip()}{': ' if would_be else ''}{total or 'nothing to do'}")
