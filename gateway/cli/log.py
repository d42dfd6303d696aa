"""`hookline log`: the webhook log as a table, and followed live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from gateway.cli.options import (
    Account,
    Action,
    AsJson,
    Code,
    Customer,
    ErrorWord,
    Follow,
    Limit,
    Since,
    Site,
    Status,
    Until,
    span,
)

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["filters", "log"]


def log(
    *,
    account: Account = "",
    status: Status = "",
    site: Site = "",
    customer: Customer = "",
    action: Action = "",
    code: Code = "",
    error: ErrorWord = "",
    since: Since = "",
    until: Until = "",
    limit: Limit = 50,
    follow: Follow = False,
    as_json: AsJson = False,
) -> None:
    """Show the webhook log: a row an attempt; with --follow then each attempt when it has ended."""
    from gateway.cli import following
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    whose = account_of(client, account)
    wanted = filters(
        client, whose, site, status=status, customer=customer, action=action, response_code=code, error=error
    )
    wanted |= span(since, until)
    path = f"{path_of(whose)}/webhook-log"
    if follow:
        following.follow(client, path, wanted, limit, lambda row: print_row(row, as_json=as_json))
        return
    print_rows(following.rows_of(client, path, wanted, limit), as_json=as_json)


def filters(client: Client, account: str, site: str, **given: str) -> dict[str, str]:
    """The filters that were given, a site by its id."""
    from gateway.cli.accounts import site_of

    wanted = {name: text for name, text in given.items() if text}
    return wanted | ({"site_id": site_of(client, account, site)["id"]} if site else {})


def print_rows(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_row(row, as_json=True)
        return
    from gateway.cli.outgoing_tables import attempts_table, show

    show(attempts_table(rows))


def print_row(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        from schemas.json_text import dump

        typer.echo(dump(row))
        return
    from rich.console import Console

    from gateway.cli.outgoing_tables import attempt_line

    Console(soft_wrap=True).print(attempt_line(row))
