"""Options that several commands share, and what they are as filters of the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from schemas.durations import parse_duration

__all__ = ["Account", "Action", "Code", "Customer", "ErrorWord", "Since", "Site", "Status", "Until", "moment"]

Account = Annotated[str, typer.Option("--account", "-a", help="default: HOOKLINE_ACCOUNT, or the only one")]
Status = Annotated[str, typer.Option(help="queued, resent, failed or done")]
Site = Annotated[str, typer.Option(help="a site's name or id")]
Customer = Annotated[str, typer.Option(help="one customer's")]
Action = Annotated[str, typer.Option(help="of this action; `test` are tests of sites")]
Code = Annotated[str, typer.Option(help="response code: 500, 5xx or none")]
ErrorWord = Annotated[str, typer.Option("--error", help="timeout, dns, connect, tls, ...")]
Since = Annotated[str, typer.Option(help="how long ago (24h, 30m), or a time")]
Until = Annotated[str, typer.Option(help="the same; not included")]


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
