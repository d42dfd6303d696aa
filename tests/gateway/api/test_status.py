"""How everything does, at a look; and that nobody but the operator may."""

from __future__ import annotations

import asyncio

import pytest
from confluent_kafka import Consumer
from typer.testing import CliRunner

from gateway.api.status import StatusShown
from gateway.cli.main import app
from gateway.status.cluster import ClusterSeen, ClusterWatch
from gateway.status.members import members_of
from gateway.up.topics import Cluster
from schemas.kafka_clients import consumer_config
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_message, an_attempt
from tests.waiting import eventually

TOPICS = Topics(Settings())
MEMBERS = dict.fromkeys(("gateway", "streams", "courier", "projector"), ("10.0.0.1 one",))


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    return CliRunner()


def seen(house: House) -> ClusterSeen:
    requests, attempts = (TOPICS.incoming_requests, 0), (TOPICS.attempts, 0)
    end = house.log.configuration.offset + 1
    return ClusterSeen(
        id="kafka-1",
        brokers=3,
        first={requests: 90, attempts: 0},
        ends={requests: 100, attempts: 3, (TOPICS.config, 0): end},
        committed={"streams": {requests: 98}, "courier": {}},
    )


def test_lag_is_told_by_role_and_partition(house: House) -> None:
    house.seen, house.members = seen(house), MEMBERS
    fold(house, a_message(an_attempt()))
    told = house.made("GET", "/v1/status")
    StatusShown.model_validate(told)
    assert told["kafka"] == {"available": True, "detail": None, "cluster_id": "kafka-1", "brokers": 3}
    assert (told["store"]["available"], told["store"]["kind"]) == (True, "sqlite")
    assert told["projected_until"] is not None
    lags = {role["role"]: role["lag"] for role in told["roles"]}
    assert lags == {"gateway": 0, "streams": 2, "courier": None, "projector": 10 + 2}
    assert told["configuration_lag"] == 0
    streams = told["roles"][1]
    assert streams["partitions"] == [{"topic": "incoming-requests", "partition": 0, "end": 100, "lag": 2}]
    assert streams["members"] == ["10.0.0.1 one"]


def test_without_kafka_and_store_it_says_so(house: House) -> None:
    told = house.made("GET", "/v1/status")
    StatusShown.model_validate(told)
    assert (told["kafka"]["available"], told["store"]["available"]) == (False, False)
    assert "nobody looks" in told["kafka"]["detail"]
    assert "no store" in told["store"]["detail"]
    assert {role["lag"] for role in told["roles"]} == {None}


def test_only_the_operator_may_see_it(house: House) -> None:
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "k"})["key"]
    assert house.call("GET", "/v1/status", key=key).status == 403


def test_the_command_shows_it_on_one_screen(shell: CliRunner, house: House) -> None:
    house.seen, house.members = seen(house), MEMBERS
    fold(house)
    done = shell.invoke(app, ["status"])
    assert done.exit_code == 0, done.output
    assert "cluster kafka-1, 3 brokers" in done.stdout
    assert "streams    1 member, 2 records behind" in done.stdout
    assert "incoming-requests/0: 2 of 100" in done.stdout


def test_the_command_ends_with_1_when_something_is_away(shell: CliRunner) -> None:
    done = shell.invoke(app, ["status"])
    assert done.exit_code == 1
    assert "nobody runs it" in done.stdout


def test_sites_are_listed_with_how_they_do(shell: CliRunner, house: House) -> None:
    house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/hooks"})
    fold(house)
    done = shell.invoke(app, ["sites", "list"])
    assert done.exit_code == 0, done.output
    assert "crm" in done.stdout
    assert "not enabled yet" in done.stdout


def test_kafka_is_looked_at_and_members_are_found(broker: Broker) -> None:
    settings = Settings(kafka_bootstrap_servers=broker.bootstrap, topic_prefix="status-of-a-test.")
    topics = Topics(settings)
    Cluster(settings).create()
    consumer = Consumer(consumer_config(settings, "a-test", "status-of-a-test.streams"))
    consumer.subscribe([topics.incoming_requests])
    watch = ClusterWatch(settings)

    def joined() -> bool:
        consumer.poll(0.1)
        found = asyncio.run(members_of(settings))
        return len(found["streams"]) == 1 and not found["courier"] and "127.0.0.1" in found["streams"][0]

    eventually(joined, what="the member is seen")
    found = eventually(lambda: looked if not (looked := watch.look()).problem else None, what="Kafka answers in time")
    assert found is not None
    watch.close()
    consumer.close()
    assert (found.problem, found.brokers) == ("", 1)
    assert found.ends[topics.attempts, settings.partitions - 1] == 0
    assert set(found.committed["courier"].values()) == {0}


def test_a_kafka_that_is_away_is_one_sentence() -> None:
    watch = ClusterWatch(Settings(kafka_bootstrap_servers="127.0.0.1:1"))
    assert "Kafka does not answer at 127.0.0.1:1" in watch.look().problem
    watch.close()
    assert asyncio.run(members_of(Settings(kafka_bootstrap_servers="127.0.0.1:1"))) == {}
