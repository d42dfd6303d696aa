"""The local Apache Kafka: keeps its data through a kill, refuses what cannot work, and says so in one line."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from gateway.up import local_kafka
from gateway.up.errors import LocalKafkaFailed
from tests.broker import HOOKLINE, Broker, environment
from tests.waiting import free_port

pytestmark = pytest.mark.journey


def acknowledged(broker: Broker, values: list[bytes]) -> None:
    reports: list[object] = []
    producer = Producer({"bootstrap.servers": broker.bootstrap, "acks": "all"})
    for value in values:
        producer.produce("kept", value, on_delivery=lambda error, _: reports.append(error))
    assert producer.flush(60) == 0
    assert reports == [None] * len(values)


def everything(broker: Broker, count: int) -> list[bytes | None]:
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "test", "enable.auto.commit": False})
    consumer.assign([TopicPartition("kept", 0, 0)])
    try:
        return [message.value() for message in consumer.consume(count, 60)]
    finally:
        consumer.close()


def test_what_it_acknowledged_is_there_after_a_kill_and_after_a_stop(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "data")
    broker.start()
    try:
        admin = AdminClient({"bootstrap.servers": broker.bootstrap})
        admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(60)
        acknowledged(broker, [b"one", b"two"])
        port = (tmp_path / "data" / "kafka" / "controller.port").read_text("ascii")

        broker.stop(signal.SIGKILL)
        broker.start()
        assert everything(broker, 2) == [b"one", b"two"]
        acknowledged(broker, [b"three"])

        broker.stop(signal.SIGTERM)
        broker.start()
        assert everything(broker, 3) == [b"one", b"two", b"three"]
        assert (tmp_path / "data" / "kafka" / "controller.port").read_text("ascii") == port
    finally:
        broker.stop()


def test_it_makes_no_topic_that_nobody_asked_for(broker: Broker) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap, "message.timeout.ms": 2000})
    errors: list[str] = []
    producer.produce("never-made", b"x", on_delivery=lambda error, _: errors.append(error.name() if error else ""))
    producer.flush(60)
    assert errors in (["UNKNOWN_TOPIC_OR_PART"], ["_UNKNOWN_TOPIC"], ["_MSG_TIMED_OUT"])
    assert "never-made" not in AdminClient({"bootstrap.servers": broker.bootstrap}).list_topics(timeout=60).topics


def test_it_stays_small(broker: Broker) -> None:
    assert broker.process is not None
    megabytes = psutil.Process(broker.process.pid).memory_info().rss / 2**20
    assert megabytes < 400


def test_a_taken_port_is_one_line_that_names_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listen = f"127.0.0.1:{server.getsockname()[1]}"
        done = subprocess.run(
            [HOOKLINE, "kafka", "run"],
            env=environment(data_dir=tmp_path, local_kafka_listen=listen),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert listen in done.stderr
    assert "HOOKLINE_LOCAL_KAFKA_LISTEN" in done.stderr


def test_an_address_that_clients_cannot_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalKafkaFailed, match="HOOKLINE_LOCAL_KAFKA_LISTEN"):
        local_kafka.prepare(tmp_path, "0.0.0.0:9092")


def test_a_format_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    local_kafka.prepare(tmp_path, listen)
    folder = local_kafka.folder_of(tmp_path)
    first = (folder / "cluster.id").read_text("ascii")
    (folder / "cluster.id").unlink()
    local_kafka.prepare(tmp_path, listen)
    assert (folder / "cluster.id").read_text("ascii") != first


def test_a_kept_controller_port_that_is_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        (tmp_path / "controller.port").write_text(str(taken), "ascii")
        assert local_kafka.controller_port(tmp_path) != taken
