"""`hookline rejected`: records that could not be used; look at one, write it again, dismiss it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from gateway.cli.options import Account, AsJson, Limit, Since, Until, span

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["app"]

app = typer.Typer(help="Records that could not be used, and why.", invoke_without_command=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="its place: topic.partition.offset")]
Nobodys = Annotated[bool, typer.Option("--no-account", help="those of which no account could be read (operator)")]


@app.callback()
def rejected(  # noqa: PLR0917 - Typer passes options by name
    context: typer.Context,
    account: Account = "",
    no_account: Nobodys = False,
    state: Annotated[str, typer.Option(help="open, retried, dismissed, or all")] = "open",
    reason: Annotated[str, typer.Option(help="unreadable, invalid_event, unknown_action, ...")] = "",
    since: Since = "",
    until: Until = "",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List them, the newest first: those that nobody has answered."""
    if context.invoked_subcommand is not None:
        return
    from schemas.json_text import dump

    client, base = opened(account, no_account=no_account)
    asked = {
        "state": "" if state == "all" else state,
        "reason": reason,
        "limit": str(limit),
    }
    query = {name: text for name, text in asked.items() if text} | span(since, until)
    rows = client.call("GET", base, query=query)["items"]
    for row in rows if as_json else ():
        typer.echo(dump(row))
    if not as_json:
        show(rows)


@app.command("show")
def show_one(record: Id, account: Account = "", no_account: Nobodys = False) -> None:
    """One with its bytes, as JSON."""
    from schemas.json_text import dump

    client, base = opened(account, no_account=no_account)
    typer.echo(dump(client.call("GET", f"{base}/{quote(record, safe='')}")))


@app.command()
def retry(record: Id, account: Account = "", no_account: Nobodys = False) -> None:
    """Write it again where it came from; prints the place of the new record. An event without an id gets one."""
    typer.echo(ask(record, account, "retry", no_account=no_account)["retried_as"])


@app.command()
def dismiss(record: Id, account: Account = "", no_account: Nobodys = False) -> None:
    """Say that nothing is to be done about it; it stays in the log."""
    typer.echo(ask(record, account, "dismiss", no_account=no_account)["state"])


def ask(record: str, account: str, verb: str, *, no_account: bool) -> Any:
    client, base = opened(account, no_account=no_account)
    return client.call("POST", f"{base}/{quote(record, safe='')}/{verb}")


def opened(account: str, *, no_account: bool) -> tuple[Client, str]:
    """Hookline, and where these records are in its API."""
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    return client, "/v1/rejected" if no_account else f"{path_of(account_of(client, account))}/rejected"


def show(rows: list[dict[str, Any]]) -> None:
    from gateway.cli.outgoing_tables import new, plain
    from gateway.cli.outgoing_tables import show as print_table

    table = new("at", "reason", "field", "why", "state", "id")
    for row in rows:
        table.add_row(
            *plain(row["created_at"], row["reason"], row["path"] or "-", row["detail"], row["state"], row["id"])
        )
    print_table(table)
