"""`hookline topics`: make the topics of the catalogue, list them, look at one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gateway.up.topics import Cluster

app = typer.Typer(help="The topics: make them, list them, see where the cluster differs.", no_args_is_help=True)


@app.command()
def create() -> None:
    """Make the topics that are missing; what exists stays as it is, and what differs is reported."""
    cluster = connected()
    made = set(cluster.create())
    for found in cluster.find():
        word = "created" if found.topic.name in made else "exists"
        typer.echo(f"{word:8} {found.topic.name}")
        for difference in found.drift:
            typer.echo(f"{'differs':8} {found.topic.name}: {difference}")


@app.command("list")
def show() -> None:
    """List the topics: partitions, records, and what each is keyed by."""
    cluster = connected()
    for found in cluster.find():
        if not found.partitions:
            typer.echo(f"{found.topic.name:40} missing: `hookline topics create`")
            continue
        records = sum(end - begin for begin, end in cluster.offsets(found.topic.name, found.partitions))
        differs = " (differs: `hookline topics describe`)" if found.drift else ""
        typer.echo(
            f"{found.topic.name:40} {counted(found.partitions, 'partition'):14} {counted(records, 'record'):>18}, "
            f"by {found.topic.key}{differs}"
        )


@app.command()
def describe(topic: str = typer.Argument("", metavar="[TOPIC]", help="with or without the prefix; none: all")) -> None:
    """Show a topic's settings, the offsets of its partitions, and where it differs from the catalogue."""
    cluster = connected()
    wanted = cluster.full_name(topic) if topic else ""
    for found in cluster.find():
        if found.partitions and wanted in {"", found.topic.name}:
            typer.echo(f"{found.topic.name}, keyed by {found.topic.key}")
            for key, value in found.topic.config.items():
                typer.echo(f"  {key} = {value}")
            for difference in found.drift:
                typer.echo(f"  differs: {difference}")
            for partition, (begin, end) in enumerate(cluster.offsets(found.topic.name, found.partitions)):
                typer.echo(f"  partition {partition}: offsets {begin} to {end}")


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def connected() -> Cluster:
    from gateway.up.quiet import quiet_kafka
    from gateway.up.topics import Cluster
    from schemas.settings import Settings

    quiet_kafka()
    return Cluster(Settings())
