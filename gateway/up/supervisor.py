"""`hookline up`: a local Kafka unless one is configured, topics, keys, every role; kept running, stopped in order.

1. Ports and folder are checked. 2. Kafka. 3. Topics and keys. 4. The roles. 5. The configuration that --apply names.
It stops the other way round from the door: gateway, streams, courier, projector, receiver, Kafka.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

from gateway import keys
from gateway.up import holding, local_kafka, ready
from gateway.up.child import Child
from gateway.up.console import Console
from gateway.up.errors import KafkaUnreachable, LocalKafkaFailed, NotApplied
from gateway.up.metrics_server import listen_of
from gateway.up.ports import require_free
from gateway.up.quiet import quiet_kafka
from gateway.up.topics import Cluster
from schemas.settings import Settings, host_and_port

__all__ = ["Plan", "run"]

ROLES = ("gateway", "streams", "courier", "projector")
PROGRAM = Path(sys.executable).with_name("hookline")
KAFKA_START = 90.0  # seconds; recovery of a large log after a kill takes a while
SAY_AGAIN = 30.0  # seconds until it is said again that Kafka does not answer
# The line with which a role says that it has its partitions.
SETTLED_BY = {"streams": "streams is ready", "courier": "partitions assigned", "projector": "partitions assigned"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is started besides the roles: `receiver` is a host and port, `apply` a file of configuration.

    `program` runs a role when given its name; roles of `joining` are ready when their consumer group is.
    """

    apply: Path | None = None
    receiver: str = ""
    program: Path = PROGRAM
    joining: tuple[str, ...] = tuple(SETTLED_BY)


def run(settings: Settings, plan: Plan) -> int:
    """Run until Ctrl-C or SIGTERM; answers the exit code."""
    quiet_kafka()
    if plan.apply is not None and not plan.apply.is_file():
        raise NotApplied(f"--apply {plan.apply}: there is no such file")
    with holding.alone(settings.data_dir):
        return asyncio.run(Supervisor(settings, plan).run())


class Supervisor:
    """The children of one `hookline up`."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self.settings = settings
        self.plan = plan
        self.console = Console(("kafka", *ROLES, "receiver"), plain=settings.log_format == "json")
        self.stopping = asyncio.Event()
        self.children: list[Child] = []
        # A gateway is not ready before `--apply` is in effect; one that starts again later finds it in the log.
        self.awaiting: dict[str, str] = {"HOOKLINE_AWAIT_APPLY": "true"} if plan.apply else {}

    async def run(self) -> int:
        """Start all, wait to be stopped, stop all; what keeps it from starting is raised when all is stopped."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._asked_to_stop)
        starting = asyncio.create_task(self._start())
        stopped = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait([starting, stopped], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await stopped
        finally:
            starting.cancel()
            stopped.cancel()
            await self._stop()
        self.console.say("hookline", f"stopped; the data stays in {self.settings.data_dir}")
        return 0

    def _asked_to_stop(self) -> None:
        """The first time in order; the second time at once."""
        if not self.stopping.is_set():
            self.console.say("hookline", "stopping; a second Ctrl-C ends everything at once")
        else:
            for child in self.children:
                child.kill()
        self.stopping.set()

    async def _start(self) -> None:
        settings = self.settings
        require_free(settings.listen, "HOOKLINE_LISTEN", "the gateway")
        if self.plan.receiver:
            require_free(self.plan.receiver, "another --receiver", "the receiver")
        keys.make_missing(settings)
        if not settings.kafka_bootstrap_servers:
            await self._start_kafka()
        await self._make_topics()
        if self.plan.receiver:
            self._start_child("receiver", "--listen", self.plan.receiver)
        roles = [self._start_child(role) for role in ROLES]
        joining = [child for child in roles if child.name in self.plan.joining]
        await ready.answers_at_all(settings)
        if self.plan.apply is not None:
            await ready.apply_file(settings, self.plan.apply, self.console)
            self.awaiting.clear()
        await ready.when_ready(settings, self.plan.receiver, self.console, joining=joining)

    async def _start_kafka(self) -> None:
        listen = self.settings.local_kafka_listen
        await asyncio.to_thread(holding.wait_until_left, local_kafka.folder_of(self.settings.data_dir))
        require_free(listen, "HOOKLINE_LOCAL_KAFKA_LISTEN", "the local Kafka")
        self.console.say("hookline", f"starting Apache Kafka at {listen}")
        kafka = self._start_child("kafka", "run")
        answering = asyncio.create_task(self._kafka_answers())
        ended = asyncio.create_task(kafka.ended_once.wait())
        await asyncio.wait([answering, ended], timeout=KAFKA_START, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not answering.done():
            answering.cancel()
            log = local_kafka.folder_of(self.settings.data_dir) / "server.log"
            raise LocalKafkaFailed(f"the local Apache Kafka did not start; {log} says why")

    async def _kafka_answers(self) -> None:
        """Wait until Kafka answers; a line now and then while it does not."""
        cluster, told = Cluster(self.settings), -SAY_AGAIN
        while True:
            try:
                await asyncio.to_thread(cluster.partitions, 1.0)
            except KafkaUnreachable as problem:
                now = asyncio.get_running_loop().time()
                if self.settings.kafka_bootstrap_servers and now - told >= SAY_AGAIN:
                    self.console.say("hookline", f"{problem}; trying until it does")
                    told = now
                await asyncio.sleep(0.1)
            else:
                return

    async def _make_topics(self) -> None:
        await self._kafka_answers()
        cluster = Cluster(self.settings)
        made = await asyncio.to_thread(cluster.create)
        if made:
            self.console.say("hookline", f"made {len(made)} topics")
        try:
            await asyncio.to_thread(cluster.until_they_can_be_read)
        except KafkaUnreachable as problem:  # a part of a cluster is away; the roles wait for it themselves
            self.console.say("hookline", str(problem))
        for found in await asyncio.to_thread(cluster.find):
            for difference in found.drift:
                self.console.say("hookline", f"{found.topic.name}: {difference}")

    def _start_child(self, name: str, *arguments: str) -> Child:
        command = [str(self.plan.program), name, *arguments]
        shown_at = listen_of(self.settings, name)
        figures = {"HOOKLINE_METRICS_LISTEN": shown_at} if shown_at else {}
        environment = ChainMap(self.awaiting, figures, self._environment())
        child = Child(name, command, environment, self.console.say, settled_by=SETTLED_BY.get(name, ""))
        self.children.append(child)
        child.start()
        return child

    def _environment(self) -> MutableMapping[str, str]:
        """What the children see: our own environment, and the receiver's address as one that sites may use."""
        if not self.plan.receiver:
            return os.environ
        host, port = host_and_port(self.plan.receiver)
        receiver = f"[{host}/128]:{port}" if ":" in host else f"{host}/32:{port}"
        given = os.environ.get("HOOKLINE_ALLOWED_NETWORKS")
        return {**os.environ, "HOOKLINE_ALLOWED_NETWORKS": f"{given},{receiver}" if given else receiver}

    async def _stop(self) -> None:
        order = {name: place for place, name in enumerate((*ROLES, "receiver", "kafka"))}
        for child in sorted(self.children, key=lambda child: order[child.name]):
            await child.stop()
