"""`hookline topics`: make the topics of the catalogue, list them, look at one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gateway.up.topics import Cluster, Found

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
            typer.echo(f"{'differs':8} {found.topic.name}: {difference.what}")
            typer.echo(f"{'':8} to mend it: {difference.mend}")
    for sentence in cluster.durability():
        typer.echo(f"hookline: {sentence}", err=True)


@app.command("list")
def show() -> None:
    """List the topics: partitions, records, and what each is keyed by."""
    cluster = connected()
    for found in cluster.find():
        if not found.partitions:
            typer.echo(f"{found.topic.name:40} missing: `hookline topics create`")
            continue
        records = sum(end - begin for begin, end in cluster.offsets(found.topic.name, found.partitions))
        copies = found.there.copies if found.there else 0
        differs = " (differs: `hookline topics describe`)" if found.drift else ""
        typer.echo(
            f"{found.topic.name:40} {counted(found.partitions, 'partition'):14} {counted(copies, 'copy', 'copies'):>9} "
            f"{counted(records, 'record'):>18}, by {found.topic.key}{differs}"
        )


@app.command()
def describe(topic: str = typer.Argument("", metavar="[TOPIC]", help="with or without the prefix; none: all")) -> None:
    """Show a topic's settings, the offsets of its partitions, and where it differs from the catalogue."""
    cluster = connected()
    wanted = cluster.full_name(topic) if topic else ""
    for found in cluster.find():
        if found.partitions and wanted in {"", found.topic.name}:
            typer.echo(f"{found.topic.name}, keyed by {found.topic.key}")
            show_config(found)
            for partition, (begin, end) in enumerate(cluster.offsets(found.topic.name, found.partitions)):
                typer.echo(f"  partition {partition}: offsets {begin} to {end}")


def show_config(found: Found) -> None:
    """The settings as the cluster has them, and how each that differs is mended."""
    if found.there is not None:
        for key in (*found.topic.config, "min.insync.replicas"):
            typer.echo(f"  {key} = {found.there.config.get(key, '')}")
        typer.echo(f"  copies = {found.there.copies}")
    for difference in found.drift:
        typer.echo(f"  differs: {difference.what}")
        typer.echo(f"    to mend it: {difference.mend}")


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def connected() -> Cluster:
    from gateway.up.quiet import quiet_kafka
    from gateway.up.topics import Cluster
    from schemas.settings import Settings

    quiet_kafka()
    return Cluster(Settings())
