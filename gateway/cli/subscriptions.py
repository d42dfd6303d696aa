"""`hookline subscriptions`: which actions go to which site, and what one of them would take."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import Account
from gateway.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app"]

app = typer.Typer(help="Which customer events go to which site.", no_args_is_help=True)
MOST = 1000  # events of one answer of the API


@app.callback()
def subscriptions() -> None:
    """Which customer events go to which site."""


@app.command("list")
def show_list(account: Account = "") -> None:
    """Show the subscriptions, each with its site, its actions and whether a condition narrows it."""
    from gateway.cli.accounts import account_of, all_items, path_of
    from gateway.cli.client import Client
    from gateway.cli.outgoing_tables import new, plain, show

    client = Client.from_environment()
    base = path_of(account_of(client, account))
    sites = {site["id"]: site["name"] for site in all_items(client, f"{base}/sites")}
    table = new("name", "active", "actions", "condition", "site", "path", "id")
    for each in all_items(client, f"{base}/subscriptions"):
        flags = ("yes" if each["active"] else "no", ", ".join(each["actions"]), "yes" if each["condition"] else "-")
        site = sites.get(each["site_id"], each["site_id"])
        table.add_row(*plain(each["name"], *flags, site, each["path"] or "-", each["id"]))
    show(table)


@app.command("test")
def try_out(
    name: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="its name or id")],
    account: Account = "",
    event: Annotated[str, typer.Option(metavar="ID", help="tell of this event, criterion by criterion")] = "",
    last: Annotated[int, typer.Option(min=1, max=MOST, help="else: how many of the last events it takes")] = MOST,
) -> None:
    """Say what a subscription would take, and send nothing. With --event it ends with 1 when it would not take it."""
    from gateway.cli.accounts import account_of, path_of, subscription_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    whose = account_of(client, account)
    path = f"{path_of(whose)}/subscriptions/{subscription_of(client, whose, name)['id']}/dry-run"
    done = client.call("POST", path, {"event_id": event} if event else {"last": last})
    if not event:
        typer.echo(f"takes {done['matched_after']:,} of the last {done['checked']:,} events")
        return
    typer.echo("\n".join([OUTCOMES[done["outcome"]], *tree_lines(done["condition"], "  ")]))
    sys.exit(0 if done["outcome"] == "matched" else 1)


OUTCOMES = {
    "matched": "matched: it takes this event",
    "action": "action: it does not list the action of this event",
    "condition": "condition: its condition does not pass",
}


def tree_lines(node: dict[str, Any], margin: str) -> Iterator[str]:
    """A line a criterion or group, with what was read; groups stand before their members."""
    sign = "ok " if node["passed"] else "no "
    word = next((each for each in ("all", "any") if each in node), None)
    if word is None:
        read = "nothing" if node["read"] is None else repr(node["read"])
        yield printable(f"{margin}{sign} {node['attribute']} {node['operator']}, read {read}")
    elif node[word]:
        yield f"{margin}{sign} {word} of"
        for member in node[word]:
            yield from tree_lines(member, f"{margin}  ")
