"""`hookline status`: how everything does, on one screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["status"]


def status(
    as_json: Annotated[bool, typer.Option("--json", help="the API's answer as it is")] = False,
) -> None:
    """Show Kafka, the store, every role and how far behind it is. Ends with 1 when something is away."""
    import orjson

    from gateway.cli.client import Client

    told = Client.from_environment().call("GET", "/v1/status")
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() if as_json else "\n".join(lines_of(told)))
    writable = told["store"]["available"] and not told["store"]["trouble"]
    whole = told["kafka"]["available"] and writable and all(role["members"] for role in told["roles"])
    sys.exit(0 if whole else 1)


def lines_of(told: dict[str, Any]) -> Iterator[str]:
    """A line for Kafka, one for the store, one a role, and the partitions that lag most."""
    kafka, store = told["kafka"], told["store"]
    known = f"cluster {kafka['cluster_id']}, {counted(kafka['brokers'], 'broker')}"
    yield f"kafka      {known if kafka['available'] else kafka['detail']}"
    until = f", everything up to {told['projected_until']}" if told["projected_until"] else ""
    yield f"store      {store['kind'] + until if store['available'] else store['detail']}"
    if store["trouble"]:
        yield f"           {store['trouble']}"
    for role in told["roles"]:
        members = counted(len(role["members"]), "member") if role["members"] else "nobody runs it"
        behind = "lag not known" if role["lag"] is None else f"{role['lag']:,} records behind"
        yield f"{role['role']:<10} {members}, {behind}"
        for place in sorted(role["partitions"], key=lambda each: -each["lag"])[:3]:
            if place["lag"]:
                yield f"           {place['topic']}/{place['partition']}: {place['lag']:,} of {place['end']:,}"


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
