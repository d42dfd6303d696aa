"""`hookline queue`: what waits and why; cancel it, or send it now."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli.options import Account, Customer, Limit, Site

__all__ = ["app"]

app = typer.Typer(help="What is waiting to be sent, and why.", invoke_without_command=True)
Delivery = Annotated[str, typer.Argument(metavar="DELIVERY_ID")]


@app.callback()
def queue(
    context: typer.Context,
    *,
    account: Account = "",
    site: Site = "",
    customer: Customer = "",
    reason: Annotated[str, typer.Option(help="queued, retrying or parked")] = "",
    limit: Limit = 50,
) -> None:
    """Show what waits: in groups, then row by row."""
    if context.invoked_subcommand is not None:
        return
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client
    from gateway.cli.log import filters
    from gateway.cli.outgoing_tables import groups_table, queue_table, show

    client = Client.from_environment()
    whose = account_of(client, account)
    path = f"{path_of(whose)}/queue"
    summary = client.call("GET", f"{path}/summary")
    if not summary["count"]:
        typer.echo("nothing is waiting")
        return
    show(groups_table(summary["items"]))
    wanted = filters(client, whose, site, customer=customer, reason=reason)
    rows = client.call("GET", path, query={**wanted, "limit": str(limit)})["items"]
    show(queue_table(rows))
    typer.echo(f"{len(rows):,} shown, {summary['count']:,} waiting")


@app.command()
def cancel(delivery: Delivery, account: Account = "") -> None:
    """End what waits of a delivery: its row becomes Failed, with the error `cancelled`."""
    ask(delivery, account, "cancel")


@app.command("send-now")
def send_now(delivery: Delivery, account: Account = "") -> None:
    """Make the attempt that waits before its time."""
    ask(delivery, account, "send-now")


def ask(delivery: str, account: str, verb: str) -> None:
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    whose = account_of(client, account)
    done = client.call("POST", f"{path_of(whose)}/queue/{quote(delivery, safe='')}/{verb}")
    typer.echo("\n".join(done["attempt_ids"]))
