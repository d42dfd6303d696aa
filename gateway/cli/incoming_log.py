"""`hookline incoming-log`: requests to the endpoints of an account, as a table or a JSON object a line."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.options import Account, AsJson, Customer, Endpoint, Follow, Limit, Outcome, Since, Until, span

__all__ = ["incoming_log"]


def incoming_log(  # noqa: PLR0917 - Typer passes options by name
    account: Account = "",
    outcome: Outcome = "",
    endpoint: Endpoint = "",
    status: Annotated[str, typer.Option(help="status code, such as 422")] = "",
    customer: Customer = "",
    run: Annotated[str, typer.Option(metavar="RUN_ID", help="of one run of reprocessing")] = "",
    since: Since = "",
    until: Until = "",
    limit: Limit = 50,
    follow: Follow = False,
    as_json: AsJson = False,
) -> None:
    """Show the incoming log: a row a request, the newest first."""
    from gateway.cli import following
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client
    from gateway.cli.incoming_table import show, show_one
    from schemas.json_text import dump

    client = Client.from_environment()
    asked = {
        "outcome": outcome,
        "endpoint": endpoint,
        "status_code": status,
        "customer": customer,
        "run_id": run,
    }
    path = f"{path_of(account_of(client, account))}/incoming-log"
    wanted = {name: value for name, value in asked.items() if value} | span(since, until)
    if follow:
        following.follow(client, path, wanted, limit, lambda row: typer.echo(dump(row)) if as_json else show_one(row))
        return
    rows = following.rows_of(client, path, wanted, limit)
    if not as_json:
        show(rows)
    for row in rows if as_json else ():
        typer.echo(dump(row))
