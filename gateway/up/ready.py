"""What comes between the roles' start and 'ready': the gateway answers, --apply is in effect, and people are told.

Everything goes through HTTP, as anybody would do it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gateway import keys
from gateway.cli.client import Client, NotReached, Refused
from gateway.cli.console import login_link
from gateway.up import local_kafka
from gateway.up.child import Child
from gateway.up.console import Console
from gateway.up.errors import NotApplied
from gateway.up.samples import ACCOUNT, SAMPLES
from gateway.up.topics import Cluster
from schemas.settings import Settings

__all__ = ["answers_at_all", "apply_file", "when_ready"]

EVERY = 0.05  # seconds between two looks
ANSWER = 3.0  # seconds a look may take
JOIN = 20.0  # seconds


async def answers_at_all(settings: Settings) -> None:
    """Wait until the gateway lives."""
    await answers(client_of(settings), "/livez")


async def when_ready(settings: Settings, receiver: str, console: Console, *, joining: Sequence[Child]) -> None:
    """Wait until the gateway and the other roles are ready, and say how to go on."""
    client = client_of(settings)
    await answers(client, "/readyz")
    await have_joined(settings, joining)
    for line in await asyncio.to_thread(greeting, settings, client, receiver):
        console.say("", line)


def client_of(settings: Settings) -> Client:
    return Client(settings.gateway_url, keys.operator_key(settings), timeout=ANSWER)


async def answers(client: Client, path: str) -> None:
    """Wait until a GET of the path is 200."""
    while True:
        try:
            await asyncio.to_thread(client.call, "GET", path)
        except (NotReached, Refused):
            await asyncio.sleep(EVERY)
        else:
            return


async def have_joined(settings: Settings, joining: Sequence[Child]) -> None:
    """Wait until the roles have their partitions, so that the first message is as quick as the next; not for ever.

    The group alone does not tell: after a restart it still has the members that were there before.
    """
    cluster, groups = Cluster(settings), [f"{settings.topic_prefix}{child.name}" for child in joining]
    quiet = settings.log_level not in {"DEBUG", "INFO"}  # then nobody says that it works
    deadline = time.monotonic() + JOIN
    while joining and time.monotonic() < deadline:
        said = quiet or all(child.settled.is_set() for child in joining)
        if said and await asyncio.to_thread(cluster.are_stable, groups):
            return
        await asyncio.sleep(EVERY)


async def apply_file(settings: Settings, file: Path, console: Console) -> None:
    """Run `hookline apply` on the file, with its words on our terminal.

    Raises:
        NotApplied: the configuration was refused; `hookline apply` has said why.
    """
    client = client_of(settings)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("hookline")),
        "apply",
        "-f",
        str(file),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "HOOKLINE_URL": client.url, "HOOKLINE_API_KEY": client.key or ""},
    )
    said, _ = await process.communicate()
    for line in said.decode("utf-8", "replace").splitlines():
        console.say("hookline", line.removeprefix("hookline: "))
    if process.returncode:
        raise NotApplied(f"{file} was not applied; nothing has changed")


def greeting(settings: Settings, client: Client, receiver: str) -> list[str]:
    """What a person needs now: addresses, the key's place, a line to paste."""
    kafka = settings.bootstrap_servers
    if not settings.kafka_bootstrap_servers:
        kafka += f" (local, its data in {local_kafka.folder_of(settings.data_dir)})"
    key = "HOOKLINE_OPERATOR_KEY" if settings.operator_key else f"in {keys.operator_key_file(settings.data_dir)}"
    return [
        "",
        f"Hookline is ready: {client.url}",
        f"  Kafka         {kafka}",
        *([f"  receiver      http://{receiver} shows what arrives"] if receiver else []),
        f"  operator key  {key}",
        *console_lines(settings, client),
        "",
        "Try it; the answer comes when Kafka has the request:",
        f"  {line_to_paste(settings, client)}",
        "",
    ]


def console_lines(settings: Settings, client: Client) -> list[str]:
    """The link that logs a browser in; how to get one, where the gateway has none just now."""
    try:
        link = login_link(client, settings.public_url)
    except (NotReached, Refused) as problem:
        return [f"  console       `hookline console` prints a link to it (not now: {problem})"]
    return [f"  console       {link}", "                good once, for ten minutes; `hookline console` prints another"]


def line_to_paste(settings: Settings, client: Client) -> str:
    """The first sample, where its endpoint is active; a look at the accounts, where not."""
    try:
        active = client.call("GET", f"/v1/{ACCOUNT}/incoming-webhooks/active")["items"]
    except (NotReached, Refused):
        active = []
    if any(each["endpoint"] == SAMPLES[0].endpoint for each in active):
        return SAMPLES[0].curl(client.url)
    key = '"$HOOKLINE_OPERATOR_KEY"' if settings.operator_key else f"$(cat {keys.operator_key_file(settings.data_dir)})"
    return f'curl -H "Authorization: Bearer {key}" {client.url}/v1/accounts'.replace('""', '"')
