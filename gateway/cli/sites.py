"""`hookline sites`: the trusted sites of an account and how they do, and a test of one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import Account
from gateway.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app"]

app = typer.Typer(help="Trusted sites.", no_args_is_help=True)
TESTED_WITHIN = 75.0  # seconds that a test may take: a site has at most 60


@app.callback()
def sites() -> None:
    """Trusted sites."""


@app.command("list")
def show_list(account: Account = "") -> None:
    """Show the sites, each with how it does: what succeeded in the last hour, what waits, whether it is held back."""
    from gateway.cli.accounts import account_of, all_items, path_of
    from gateway.cli.client import Client
    from gateway.cli.outgoing_tables import show
    from gateway.cli.site_table import sites_table

    client = Client.from_environment()
    whose = account_of(client, account)
    show(sites_table(all_items(client, f"{path_of(whose)}/sites")))


@app.command("test")
def send_test(
    name: Annotated[str, typer.Argument(metavar="SITE", help="its name or id")],
    account: Account = "",
    event: Annotated[str, typer.Option(metavar="ID", help="send this event instead of a sample")] = "",
) -> None:
    """Send one message to a site as it is saved; shows request and response. Ends with 1 when it was not taken."""
    from gateway.cli.accounts import account_of, path_of, site_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    client.timeout = TESTED_WITHIN
    whose = account_of(client, account)
    site = site_of(client, whose, name)
    path = f"{path_of(whose)}/sites/{site['id']}/test"
    done = client.call("POST", path, {"event_id": event} if event else {})
    typer.echo("\n".join(lines_of(done)))
    sys.exit(0 if done["status"] == "done" else 1)


def lines_of(done: dict[str, Any]) -> Iterator[str]:
    """The exchange as HTTP looks, and one line of what came of it."""
    request, response = done["request"], done["response"]
    if request is not None:
        yield f"> {request['method']} {request['url']}"
        yield from message_lines(request, ">")
    if response is not None:
        yield f"< {response['status']}"
        yield from message_lines(response, "<")
        if response["truncated"]:
            yield "< (more came, and was not read)"
    why = f": {done['error_detail']}" if done["error_detail"] else ""
    result = done["response_code"] or done["error"]
    yield f"{done['status']} ({result}) in {done['duration_ms']:,.1f} ms{why}"


def message_lines(message: dict[str, Any], mark: str) -> Iterator[str]:
    for name, value in message["headers"]:
        yield f"{mark} {printable(name)}: {printable(value)}"
    yield mark
    for line in message["body"].splitlines():
        yield f"{mark} {printable(line)}"
