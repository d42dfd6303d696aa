"""A streams worker as a process on a real Kafka, with topics of its own, and what a test does to both."""

from __future__ import annotations

import signal
import subprocess
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from gateway.up.topics import Cluster
from schemas.codec import decode, encode
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import HOOKLINE, Broker, environment
from tests.journeys.hookline import until_the_ends
from tests.waiting import PATIENCE, eventually

__all__ = ["Stage"]


class Stage:
    """Topics under a prefix of their own, and workers on them."""

    def __init__(self, broker: Broker, folder: Path, **settings: object) -> None:
        self.broker = broker
        defaults: dict[str, object] = {
            "kafka_bootstrap_servers": broker.bootstrap,
            "data_dir": folder,
            "topic_prefix": f"s{uuid.uuid4().hex[:10]}.",
            "partitions": 3,
            "secret_key": "the secret key of a test",
        }
        self.variables = environment(**(defaults | settings))
        self.settings = Settings.model_validate(defaults | settings)
        self.topics = Topics(self.settings)
        self.producer = Producer({"bootstrap.servers": broker.bootstrap, "message.max.bytes": 9_000_000, "acks": "all"})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = folder / "streams.log"

    def create_topics(self) -> None:
        """Make them."""
        Cluster(self.settings).create()

    def start(self, slot: str = "one") -> subprocess.Popen[bytes]:
        """Start a worker under this slot's name."""
        with self.log.open("ab") as log:
            self.processes[slot] = subprocess.Popen(
                [HOOKLINE, "streams"],
                env=self.variables | {"HOOKLINE_WORKER_SLOT": slot},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[slot]

    def end(self, slot: str = "one", number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; answers the exit code."""
        process = self.processes.pop(slot)
        process.send_signal(number)
        return process.wait(PATIENCE)

    def close(self) -> None:
        """End what still runs, and remove the topics."""
        for process in self.processes.values():
            process.kill()
            process.wait(PATIENCE)
        Cluster(self.settings).admin.delete_topics([topic.name for topic in self.topics.catalogue])

    def write(self, topic: str, values: Iterable[Any], *, key: bytes | None = None, **more: Any) -> list[int]:
        """Write records (bytes, None, or ours) and wait until Kafka has them; answers their offsets."""
        offsets: list[int] = []

        def report(error: KafkaError | None, message: Message) -> None:
            assert error is None, error
            offsets.append(message.offset() or 0)

        for value in values:
            raw = value if value is None or isinstance(value, bytes) else encode(value)
            self.producer.produce(topic, raw, key, on_delivery=report, **more)
            self.producer.poll(0)
        assert self.producer.flush(PATIENCE) == 0
        return offsets

    def messages(self, topic: str) -> list[Message]:
        """Everything in the topic now."""
        config = {"bootstrap.servers": self.broker.bootstrap, "group.id": "test", "enable.partition.eof": True}
        consumer = Consumer(config | {"enable.auto.commit": False})
        try:
            places = {(topic, each) for each in consumer.list_topics(topic, timeout=PATIENCE).topics[topic].partitions}
            consumer.assign([TopicPartition(*place, 0) for place in places])
            return list(until_the_ends(consumer, places))
        finally:
            consumer.close()

    def records(self, topic: str) -> list[Any]:
        """Everything in the topic now, decoded."""
        return [decode(message.value()) for message in self.messages(topic)]

    def wait_for(self, topic: str, count: int, within: float = PATIENCE) -> list[Any]:
        """The records of a topic once there are so many."""

        def enough() -> list[Any]:
            found = self.records(topic)
            return found if len(found) >= count else []

        return eventually(enough, within=within, what=lambda: f"{count} records in {topic}\n{self.said()}")

    def said(self) -> str:
        """What the workers have logged so far."""
        return self.log.read_text("utf-8", "replace")[-6000:] if self.log.exists() else ""
