"""`hookline incoming-log`: requests to the endpoints of an account, as a table or a JSON object a line."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.options import Account, Since, Until, moment

__all__ = ["incoming_log"]

MOST = 500


def incoming_log(  # noqa: PLR0917 - Typer passes options by name
    account: Account = "",
    outcome: Annotated[str, typer.Option(help="accepted, filtered, invalid, duplicate, unverified, ...")] = "",
    endpoint: Annotated[str, typer.Option(help="of one endpoint")] = "",
    status: Annotated[str, typer.Option(help="status code, such as 422")] = "",
    customer: Annotated[str, typer.Option(help="one customer's")] = "",
    run: Annotated[str, typer.Option(metavar="RUN_ID", help="of one run of reprocessing")] = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="rows")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on with what comes, until Ctrl-C")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Show the incoming log: a row a request, the newest first."""
    from urllib.parse import quote

    from gateway.cli import following
    from gateway.cli.accounts import account_of
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
        "from": moment("--since", since) if since else "",
        "to": moment("--until", until) if until else "",
    }
    path = f"/v1/{quote(account_of(client, account), safe='')}/incoming-log"
    wanted = {name: value for name, value in asked.items() if value}
    if follow:
        following.follow(client, path, wanted, limit, lambda row: typer.echo(dump(row)) if as_json else show_one(row))
        return
    rows = following.rows_of(client, path, wanted, limit)
    if not as_json:
        show(rows)
    for row in rows if as_json else ():
        typer.echo(dump(row))
