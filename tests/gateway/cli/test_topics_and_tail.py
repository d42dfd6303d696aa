"""`hookline topics` and `hookline tail` on a real Kafka."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.broker import HOOKLINE, Broker, environment
from tests.waiting import eventually

pytestmark = pytest.mark.journey

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    return f"cli-{os.getpid()}-{abs(hash(request.node.name)) % 10**8}."


@pytest.fixture
def run(broker: Broker, prefix: str) -> Run:
    def hookline(*arguments: str) -> subprocess.CompletedProcess[str]:
        settings = {"kafka_bootstrap_servers": broker.bootstrap, "topic_prefix": prefix, "partitions": 2}
        return subprocess.run(
            [HOOKLINE, *arguments],
            env=environment(**settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return hookline


def produce(broker: Broker, topic: str, values: list[tuple[str, str]], *, partition: int = 0) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    for key, value in values:
        producer.produce(topic, value, key, partition=partition)
    assert producer.flush(60) == 0


def shown(done: subprocess.CompletedProcess[str]) -> list[Any]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def make(broker: Broker, name: str, partitions: int = 2) -> AdminClient:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    admin.create_topics([NewTopic(name, partitions, 1)], operation_timeout=10)[name].result(60)
    return admin


def test_create_makes_each_topic_once_and_says_where_one_differs(run: Run, broker: Broker, prefix: str) -> None:
    make(broker, f"{prefix}attempts", 5)
    first = run("topics", "create")
    assert first.returncode == 0
    assert f"created  {prefix}customer-events" in first.stdout
    assert f"differs  {prefix}attempts: 5 partitions instead of 2" in first.stdout
    assert "to mend it: set HOOKLINE_PARTITIONS=5" in first.stdout
    assert "one broker: what it has acknowledged survives a kill" in first.stderr
    assert "retention.ms is 604800000 instead of 7776000000" in first.stdout
    second = run("topics", "create")
    assert second.returncode == 0
    assert "created" not in second.stdout
    listed = run("topics", "list").stdout
    assert "missing" not in listed
    assert "retention.ms = 7776000000" in run("topics", "describe", "customer-events").stdout


def test_the_command_that_drift_names_mends_it(run: Run, broker: Broker, prefix: str) -> None:
    make(broker, f"{prefix}attempts")
    run("topics", "create")
    described = run("topics", "describe", "attempts").stdout
    (mend,) = [line for line in described.splitlines() if "--add-config retention.ms=" in line]
    mended = run(*mend.split("`")[1].split()[1:])
    assert mended.returncode == 0, mended.stderr
    after = run("topics", "describe", "attempts").stdout
    assert "retention.ms = 7776000000" in after
    assert "differs: retention.ms" not in after


def test_tail_reads_from_where_one_says(run: Run, broker: Broker, prefix: str) -> None:
    topic = f"{prefix}customer-events"
    make(broker, topic)
    produce(broker, topic, [("a", f'{{"n": {n}}}') for n in range(12)])
    produce(broker, topic, [("b", '{"n": 99}')], partition=1)

    def numbers(*options: str) -> list[int]:
        return [line["value"]["n"] for line in shown(run("tail", "customer-events", *options))]

    assert numbers() == [3, 4, 5, 6, 7, 8, 9, 10, 11, 99]
    assert sorted(numbers("--from-beginning")) == [*range(12), 99]
    assert numbers("--offset", "10", "--partition", "0") == [10, 11]
    assert numbers("--max-messages", "1") == [99]
    assert numbers("--key", "b") == [99]
    assert sorted(numbers("--since", "10m")) == [*range(12), 99]
    assert numbers("--since", "2100-01-01T00:00:00Z") == []
    assert len(numbers("--from-beginning", "--max-messages", "4")) == 4


def test_tail_follows_what_arrives(broker: Broker, prefix: str) -> None:
    topic = f"{prefix}rejected"
    make(broker, topic)
    settings = {"kafka_bootstrap_servers": broker.bootstrap, "topic_prefix": prefix}
    command = [HOOKLINE, "tail", "rejected", "--follow", "--max-messages", "1"]
    with subprocess.Popen(command, env=environment(**settings), stdout=subprocess.PIPE) as tail:

        def has_ended() -> bool:
            produce(broker, topic, [("k", '{"n": 1}')])
            return tail.poll() is not None

        eventually(has_ended, what="the record that arrived is shown")
        assert tail.stdout is not None
        assert json.loads(tail.stdout.read())["value"] == {"n": 1}


def test_an_unknown_topic_lists_those_there_are(run: Run, broker: Broker, prefix: str) -> None:
    make(broker, f"{prefix}parked")
    done = run("tail", "nowhere")
    assert done.returncode == 1
    assert "there is no topic 'nowhere'" in done.stderr
    assert f"{prefix}parked" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--since", "yesterday"), "--since yesterday"),
        (("--offset", "1", "--from-beginning"), "name one start"),
        (("--partition", "7"), "has no partition 7; it has 0 to 1"),
    ],
)
def test_a_start_that_is_none_is_said_in_one_line(
    run: Run, broker: Broker, prefix: str, options: tuple[str, ...], words: str
) -> None:
    make(broker, f"{prefix}parked")
    done = run("tail", "parked", *options)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_apaches_own_console_tools_run_against_it(run: Run, broker: Broker, prefix: str) -> None:
    make(broker, f"{prefix}parked")
    done = run("kafka", "tool", "topics", "--list")
    assert done.returncode == 0, done.stderr
    assert f"{prefix}parked" in done.stdout.splitlines()
    assert "console-producer" in run("kafka", "tool", "nothing").stderr
