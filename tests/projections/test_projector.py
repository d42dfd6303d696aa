"""The projector's loop on a broker: rows and offsets together, restarts, fences, files that go away."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from confluent_kafka import Producer

from projections.folds.fold import Batch
from projections.queries import offsets, webhook_log
from projections.queries.store import Store
from projections.source import LogRewound
from projections.store.errors import OffsetFenced, StoreForeign
from projections.store.migrate import upgrade
from projections.store.write import Move, Writer
from schemas.codec import encode
from schemas.settings import Settings
from tests.broker import environment
from tests.projections.projecting import has, rows, running
from tests.projections.records import TOPICS, a_delivery, an_attempt
from tests.waiting import eventually, free_port

PARTITIONS = 2


class Cluster:
    """librdkafka's mock cluster, and a producer to it."""

    def __init__(self) -> None:
        self._producer = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        broker = next(iter(self._producer.list_topics(timeout=60).brokers.values()))
        self.bootstrap = f"{broker.host}:{broker.port}"

    def write(self, topic: str, *values: bytes, partition: int = 0) -> None:
        for value in values:
            self._producer.produce(topic, value, b"key", partition=partition)
        assert self._producer.flush(60) == 0


@pytest.fixture
def cluster() -> Cluster:
    one = Cluster()
    one.write(TOPICS.attempts, b"not a record")
    one.write(TOPICS.deliveries, encode(a_delivery()))
    return one


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Settings:
    return Settings(kafka_bootstrap_servers=cluster.bootstrap, data_dir=tmp_path)


def test_records_become_rows_and_garbage_becomes_a_rejected_row(cluster: Cluster, settings: Settings) -> None:
    with running(settings) as projector:
        eventually(has(settings, 1))
        cluster.write(TOPICS.attempts, encode(an_attempt(delivery_id="dlv_2")))
        eventually(has(settings, 2))
        assert projector.end() is None
    store = Store(settings.store_url)
    with store.read() as connection:
        assert offsets.folded(connection)[TOPICS.attempts, 0] == 2
        assert offsets.reached(connection, TOPICS.attempts, 0, 1)
        assert not offsets.reached(connection, TOPICS.attempts, 0, 2)
        assert webhook_log.page(connection, "shop", {})["as_of"] is not None
    store.close()


def test_a_projector_that_was_fenced_writes_nothing_and_ends(cluster: Cluster, settings: Settings) -> None:
    with running(settings) as projector:
        eventually(has(settings, 1))
        writer = Writer(settings.store_url)
        writer.write(Batch(), {(TOPICS.deliveries, 0): Move(1, 5, 5, 0)})
        writer.close()
        cluster.write(TOPICS.deliveries, encode(a_delivery(delivery_id="dlv_2")))
        assert isinstance(projector.end(ask=False), OffsetFenced)
    assert rows(settings) == 1


def test_a_topic_that_ends_before_what_was_folded_ends_the_projector(settings: Settings) -> None:
    upgrade(settings.store_url)
    writer = Writer(settings.store_url)
    writer.positions([(TOPICS.deliveries, 0)])
    writer.write(Batch(), {(TOPICS.deliveries, 0): Move(0, 50, 50, 0)})
    writer.close()
    with running(settings) as projector:
        assert isinstance(projector.end(ask=False), LogRewound)


def test_a_store_of_another_cluster_is_not_written(settings: Settings) -> None:
    upgrade(settings.store_url)
    writer = Writer(settings.store_url)
    writer.claim("another", TOPICS.prefix)
    writer.close()
    with running(settings) as projector:
        assert isinstance(projector.end(ask=False), StoreForeign)


def test_a_store_that_cannot_be_written_is_tried_again_and_nothing_is_lost(
    cluster: Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.store.sqlite.BUSY_SECONDS", 0.05)
    with running(settings) as projector, structlog.testing.capture_logs() as log:
        eventually(has(settings, 1))
        blocker = sqlite3.connect(settings.store_url.removeprefix("sqlite:///"))
        blocker.execute("BEGIN IMMEDIATE")
        cluster.write(TOPICS.deliveries, *(encode(a_delivery(delivery_id=f"dlv_{n}")) for n in range(2, 5)))
        eventually(lambda: [line for line in log if line["event"] == "the store cannot be written"])
        assert rows(settings) == 1
        blocker.rollback()
        blocker.close()
        eventually(has(settings, 4))
        assert projector.end() is None
        assert sum(line["event"] == "the store can be written again" for line in log) == 1


def test_a_kafka_that_is_away_is_waited_for_with_a_clear_line(tmp_path: Path) -> None:
    nowhere = Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}", data_dir=tmp_path)
    with structlog.testing.capture_logs() as log, running(nowhere) as projector:
        (line,) = eventually(lambda: [line for line in log if line["event"] == "waiting for Kafka"])
        assert f"Kafka does not answer at {nowhere.kafka_bootstrap_servers}" in line["problem"]
        assert projector.end() is None


ROLE = (
    "import sys; from projections.project import run; from schemas.settings import Settings; sys.exit(run(Settings()))"
)


def role(settings: Settings) -> subprocess.Popen[bytes]:
    own = environment(kafka_bootstrap_servers=settings.kafka_bootstrap_servers, data_dir=settings.data_dir)
    return subprocess.Popen([sys.executable, "-c", ROLE], env=own, stdout=subprocess.DEVNULL)


def test_the_role_ends_with_0_when_told_to_stop(settings: Settings) -> None:
    process = role(settings)
    try:
        eventually(has(settings, 1))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def test_the_role_ends_with_1_when_it_cannot_go_on(settings: Settings) -> None:
    upgrade(settings.store_url)
    writer = Writer(settings.store_url)
    writer.claim("another", TOPICS.prefix)
    writer.close()
    assert role(settings).wait(60) == 1
