"""`hookline export`: an account's configuration as the file that `apply` reads, for people, for backups, for a move."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli.options import Account

__all__ = ["export"]

OWNER_ONLY = 0o600
MASKED = (
    "# Secrets are dots: applied to the account that it is from, they stay as they are.\n"
    "# `hookline export --with-secrets` has them, encrypted.\n"
)
SEALED = (
    "# Secrets are encrypted with the secret key of the Hookline that it is from. To move it to another one, name\n"
    "# that key there in HOOKLINE_SECRET_KEYS, apply this with the operator's key, and run `hookline secrets rekey`.\n"
)


def export(
    account: Account = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="default: standard output")
    ] = None,
    with_secrets: Annotated[
        bool,
        typer.Option("--with-secrets", help="secrets as the log has them, encrypted; takes the operator's key"),
    ] = False,
) -> None:
    """Write an account's configuration as YAML; what is archived is left out, and API keys are no part of it."""
    from gateway.cli.accounts import account_of
    from gateway.cli.client import Client
    from gateway.cli.configuration_text import END, ENDS, yaml_of

    client = Client.from_environment()
    whose = quote(account_of(client, account), safe="")
    path = f"/v1/accounts/{whose}/backup" if with_secrets else f"/v1/{whose}/configuration"
    text = f"{SEALED if with_secrets else MASKED}{ENDS}\n{yaml_of(client.call('GET', path))}{END}\n"
    if output is None:
        sys.stdout.write(text)
        return
    partial = output.with_name(f".{output.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as file:
        file.write(text)
    partial.rename(output)
    typer.echo(f"{output} written", err=True)
