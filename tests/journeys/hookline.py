"""A whole Hookline of one test: real roles as processes, on the session's broker, with topics and a folder of its own.

Roles are started, killed and looked at one by one; everything ends with the test.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from gateway.cli.client import Client, NotReached, Refused
from gateway.up.topics import Cluster
from schemas import codec
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import HOOKLINE, Broker, environment
from tests.waiting import PATIENCE, eventually, free_port

__all__ = ["OPERATOR_KEY", "ROLES", "Hookline", "until_the_ends"]

ROLES = ("gateway", "streams", "courier", "projector")
OPERATOR_KEY = "hk_operator_of_a_test"
START = 120.0  # seconds; machines are shared


class Hookline:
    """Settings, roles and doors of one Hookline; `settings` override those of a test's default."""

    def __init__(self, broker: Broker, folder: Path, prefix: str, **settings: object) -> None:
        self.folder = folder
        listen = f"127.0.0.1:{free_port()}"
        defaults: dict[str, object] = {
            "kafka_bootstrap_servers": broker.bootstrap,
            "data_dir": folder,
            "listen": listen,
            "topic_prefix": prefix,
            "partitions": 3,
            "secret_key": "the secret key of a test",
            "operator_key": OPERATOR_KEY,
            "allowed_networks": "127.0.0.0/8",
        }
        self.variables = environment(**(defaults | settings))
        self.settings = Settings.model_validate(defaults | settings)
        self.topics = Topics(self.settings)
        self.url = f"http://{self.settings.listen}"
        self.api = Client(self.url, OPERATOR_KEY, timeout=PATIENCE)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def create_topics(self) -> None:
        """Make the topics."""
        Cluster(self.settings).create()

    def start(self, *roles: str) -> None:
        """Start these roles, or all of them; wait until the gateway is ready, and the store is there if it is made."""
        for role in roles or ROLES:
            self.start_role(role)
        if "gateway" in self.processes:
            eventually(self.is_ready, within=START, what="the gateway is ready")
        if {"gateway", "projector"} <= self.processes.keys():
            eventually(self.has_store, within=START, what="the projector has made the store")

    def start_role(self, role: str, **settings: object) -> subprocess.Popen[bytes]:
        """Start one role, with settings of its own if need be; a name such as courier-2 is a second one."""
        extra = {f"HOOKLINE_{name.upper()}": str(value) for name, value in settings.items()}
        with self.log_file(role).open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [HOOKLINE, role.split("-", 1)[0]],
                env=self.variables | {"HOOKLINE_WORKER_SLOT": role} | extra,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[role]

    def start_again(self) -> None:
        """Start every role that has ended by itself, as `hookline up` does: Kafka was away for longer than it waits."""
        for role, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start_role(role)

    def kill(self, role: str) -> None:
        """kill -9, and wait until it is gone."""
        self._end(role, signal.SIGKILL)

    def stop(self, role: str) -> int:
        """SIGTERM; answers the exit code."""
        return self._end(role, signal.SIGTERM)

    def stop_all(self) -> None:
        """End everything that is running, quickly."""
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait(PATIENCE)
        self.processes.clear()

    def _end(self, role: str, number: signal.Signals) -> int:
        process = self.processes.pop(role)
        process.send_signal(number)
        return process.wait(PATIENCE)

    def is_ready(self) -> bool:
        """Whether the gateway can acknowledge a request; fails at once when its process has ended."""
        assert self.processes["gateway"].poll() is None, self.log("gateway")
        try:
            self.api.call("GET", "/readyz")
        except (NotReached, Refused):
            return False
        return True

    def has_store(self) -> bool:
        """Whether the views can be read; until then each of their pages is a 503."""
        assert self.processes["projector"].poll() is None, self.log("projector")
        _, answer = self.api.exchange("GET", "/readyz")
        return bool(answer["store"]["available"])

    def command(
        self, *arguments: str, stdin: bytes | None = None, timeout: float = 2 * PATIENCE
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `hookline ARGUMENTS` against this Hookline, as a person would."""
        variables = self.variables | {"HOOKLINE_URL": self.url, "HOOKLINE_API_KEY": OPERATOR_KEY}
        return subprocess.run(
            [HOOKLINE, *arguments], env=variables, input=stdin, capture_output=True, timeout=timeout, check=False
        )

    def post(self, account: str, endpoint: str, body: Any) -> tuple[int, Any]:
        """POST to an incoming webhook; answers status and JSON."""
        return self.api.exchange("POST", f"/beta/webhooks/custom/{account}/{endpoint}", body)

    def items(self, path: str, **query: str) -> list[Any]:
        """All rows of a list of the API, over all its pages."""
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.api.call("GET", path, query=query | ({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page["next"]
        return found

    def produce(self, topic: str, value: bytes | None, *, key: bytes | None = None) -> None:
        """Write one record as an outside producer would."""
        producer = Producer({"bootstrap.servers": self.settings.bootstrap_servers})
        producer.produce(topic, value, key)
        assert producer.flush(PATIENCE) == 0

    def messages(self, *topics: str) -> list[Message]:
        """Everything in the topics now."""
        config = {
            "bootstrap.servers": self.settings.bootstrap_servers,
            "group.id": "test",
            "enable.partition.eof": True,
        }
        consumer = Consumer(config | {"enable.auto.commit": False, "auto.offset.reset": "earliest"})
        try:
            known = consumer.list_topics(timeout=PATIENCE).topics
            places = {(topic, partition) for topic in topics for partition in known[topic].partitions}
            consumer.assign([TopicPartition(*place, 0) for place in places])
            return list(until_the_ends(consumer, places))
        finally:
            consumer.close()

    def records(self, topic: str) -> list[Any]:
        """Everything in the topic now, decoded."""
        return [codec.decode(message.value()) for message in self.messages(topic)]

    def log_file(self, role: str) -> Path:
        """Where a role's output goes."""
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        return self.folder / "logs" / f"{role}.log"

    def log(self, role: str) -> str:
        """What a role has said so far."""
        return self.log_file(role).read_text("utf-8", "replace")

    def delete_topics(self) -> None:
        """Give the broker its room back."""
        cluster = Cluster(self.settings)
        for future in cluster.admin.delete_topics([topic.name for topic in self.topics.catalogue]).values():
            future.result(PATIENCE)


def until_the_ends(consumer: Consumer, places: set[tuple[str, int]]) -> Iterator[Message]:
    """What there is when it is asked for: under load there would always be more."""
    ends = {place: consumer.get_watermark_offsets(TopicPartition(*place), timeout=PATIENCE)[1] for place in places}
    waiting = {place for place, end in ends.items() if end}
    while waiting:
        for message in consumer.consume(500, 0.2):
            place, error = (message.topic() or "", message.partition() or 0), message.error()
            if error is None:
                yield message
            if (message.offset() or 0) + 1 >= ends[place] or (error and error.code() == KafkaError._PARTITION_EOF):
                waiting.discard(place)
