"""Options that several commands share, and what they are as filters of the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from schemas.durations import parse_duration

__all__ = [
    "Account",
    "Action",
    "AsJson",
    "Code",
    "Customer",
    "Endpoint",
    "ErrorWord",
    "Follow",
    "Limit",
    "Outcome",
    "Since",
    "Site",
    "Status",
    "Until",
    "Yes",
    "moment",
    "span",
]

MOST = 500  # rows of a page of the API

Account = Annotated[str, typer.Option("--account", "-a", help="default: HOOKLINE_ACCOUNT, or the only one")]
Status = Annotated[str, typer.Option(help="queued, resent, failed or done")]
Site = Annotated[str, typer.Option(help="a site's name or id")]
Customer = Annotated[str, typer.Option(help="one customer's")]
Action = Annotated[str, typer.Option(help="of this action; `test` are tests of sites")]
Code = Annotated[str, typer.Option(help="response code: 500, 5xx or none")]
ErrorWord = Annotated[str, typer.Option("--error", help="timeout, dns, connect, tls, ...")]
Since = Annotated[str, typer.Option(help="how long ago (24h, 30m), or a time")]
Until = Annotated[str, typer.Option(help="the same; not included")]
Outcome = Annotated[str, typer.Option(help="accepted, filtered, invalid, duplicate, unverified, ...")]
Endpoint = Annotated[str, typer.Option(help="of one endpoint")]
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="rows")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="go on with what comes, until Ctrl-C")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


def span(since: str, until: str) -> dict[str, str]:
    """The filters `from` and `to` of what was given.

    Raises:
        typer.BadParameter: one is no time.
    """
    given = (("from", "--since", since), ("to", "--until", until))
    return {name: moment(option, text) for name, option, text in given if text}


def moment(option: str, text: str) -> str:
    """`24h` ago, or a time, as the API writes times.

    Raises:
        typer.BadParameter: it is neither.
    """
    try:
        found = datetime.now(UTC) - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            sentence = f"{text!r} is neither a duration such as 24h nor a time such as 2026-11-24T09:00:00Z"
            raise typer.BadParameter(sentence, param_hint=option) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
