"""`hookline tail TOPIC`: what is in a topic, decoded, one JSON object a line."""

from __future__ import annotations

from typing import Annotated

import typer

LAST = 10  # records shown when neither a start nor a number is named


def tail(  # noqa: PLR0917 - Typer passes options by name
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="with or without the prefix")],
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="start with the oldest record")] = False,
    offset: Annotated[int | None, typer.Option(min=0, help="start at this offset of each partition")] = None,
    since: Annotated[str, typer.Option(metavar="TIME", help="start 10m or 2h ago, or at an ISO 8601 time")] = "",
    max_messages: Annotated[int | None, typer.Option(min=1, help="stop after so many")] = None,
    key: Annotated[str | None, typer.Option(help="only records with this key")] = None,
    partition: Annotated[int | None, typer.Option(min=0, help="only this partition")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on with what arrives, until Ctrl-C")] = False,
) -> None:
    """Show a topic's records, decoded: the last ten, or from a start that you name. Pipes into jq."""
    from gateway.cli.tailing import Start, Tail
    from gateway.up.quiet import quiet_kafka
    from schemas.settings import Settings

    quiet_kafka()
    last = max_messages or LAST
    if follow and max_messages:
        last = 0  # the next ones, not the last ones
    start = Start.named(from_beginning=from_beginning, offset=offset, since=since, last=last)
    reading = Tail(Settings(), topic, start, key=key.encode() if key is not None else None, partition=partition)
    try:
        reading.show(max_messages, follow=follow)
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        reading.close()
