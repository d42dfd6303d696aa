"""`hookline trace ID`: the walk of one event, from the request to the last attempt, a line a step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import typer

from gateway.cli.options import Account
from gateway.cli.printable import printable

__all__ = ["trace"]

Row = dict[str, Any]


def trace(
    any_id: Annotated[str, typer.Argument(metavar="ID", help="of a request, an event, a delivery or an attempt")],
    account: Account = "",
    as_json: Annotated[bool, typer.Option("--json", help="the whole trace as JSON")] = False,
) -> None:
    """Tell what became of a request or an event, and why a subscription did not send it."""
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client
    from schemas.json_text import dump

    client = Client.from_environment()
    base = path_of(account_of(client, account))
    found = client.call("GET", f"{base}/events/{quote(any_id, safe='')}/trace")
    if as_json:
        typer.echo(dump(found))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)
    for line in lines(found):
        console.print(Text(printable(line)))


def lines(found: Row) -> Iterator[str]:
    """The steps in their order."""
    from schemas.json_text import dump

    if request := found["request"]:
        why = f": {request['error']['detail']}" if request["error"] else ""
        yield (
            f"{request['created_at']}  request   {request['request_line']}  "
            f"{request['status_code']} {request['outcome']}{why}  {request['id']}"
        )
    for each in found["tried"]:
        yield f"{'':24}  tried     {each['definition_name']} (revision {each['revision']}): {reason(each)}"
    if event := found["event"]:
        yield (
            f"{event['timestamp']}  event     {event['action']} of {event['customer']}  "
            f"{dump(event['data'])}  {event['id']}"
        )
    for each in found["decisions"]:
        site = each["site_name"] or each["site_id"]
        yield f"{'':24}  asked     {each['subscription_name']} -> {site}: {reason(each)}"
    for delivery in found["deliveries"]:
        yield (
            f"{delivery['created_at']}  delivery  to {delivery['site_name'] or delivery['site_id']}  {delivery['id']}"
        )
        yield from map(attempt_line, delivery["attempts"])


def reason(told: Row) -> str:
    """A decision in words."""
    criterion = told["criterion"]
    if criterion is None:
        return f"{told['outcome']}" + (f" {told['read']} is not listed" if told["outcome"] == "action" else "")
    read = "nothing" if told["read"] is None else repr(told["read"])
    return f"{told['outcome']}: {criterion['attribute']} {criterion['operator']} reads {read}"


def attempt_line(row: Row) -> str:
    chain = f"resend {row['chain']}, " if row["chain"] else ""
    result = row["response_code"] or row["error"] or ""
    at = row["next_attempt_at"] if row["status"] == "queued" else row["created_at"]
    took = "" if row["duration_ms"] is None else f"  {row['duration_ms']:,.1f} ms"
    return f"{at or '':24}  attempt   {chain}{row['attempt']}: {row['status']} {result}{took}  {row['id']}"
