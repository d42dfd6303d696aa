"""What the store lacks is read from the topic at the start, on a real Kafka; then its copies are known."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from gateway.incoming.catching_up import catch_up, longest_window
from gateway.incoming.copies import Copies, First, Folded
from schemas.codec import encode
from schemas.records import Outcome
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker
from tests.gateway.house import House
from tests.streams.shop import a_request

WINDOW = 72 * 3_600_000


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    prefix = f"c{uuid.uuid4().hex[:8]}."
    one = Settings(kafka_bootstrap_servers=broker.bootstrap, data_dir=tmp_path, topic_prefix=prefix, partitions=3)
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    topic = Topics(one).incoming_requests
    admin.create_topics([NewTopic(topic, 3, 1)])[topic].result(20)
    yield one
    admin.delete_topics([topic])[topic].result(20)


def write(settings: Settings, *values: bytes, partition: int = 1) -> None:
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers})
    for value in values:
        producer.produce(Topics(settings).incoming_requests, value, partition=partition)
    assert producer.flush(20) == 0


async def nothing(_account: str, _key: str, _since: int) -> tuple[None, Folded]:
    return None, {}


def known(settings: Settings, folded: Folded) -> dict[str, First]:
    copies = Copies(nothing)
    catch_up(settings, copies, lambda: folded, WINDOW, 20.0)
    return copies._known


def accepted(key: str, **fields: Any) -> bytes:
    return encode(a_request(id=f"req_{key}", deduplication=key, received_at=int(time.time() * 1000), **fields))


def test_what_the_store_lacks_is_known(settings: Settings) -> None:
    write(settings, accepted("a"), accepted("b"), accepted("c", outcome=Outcome.DUPLICATE), b"no record of ours")
    write(settings, accepted("d"), accepted("e", run_id="run_1"), encode(a_request()), partition=2)
    assert known(settings, {}).keys() == {"a", "b", "d"}
    found = known(settings, {1: 1})
    assert found.keys() == {"b", "d"}
    assert (found["b"].place, found["b"].status, found["b"].answer) == ((1, 1), 200, b"{}")
    assert known(settings, {1: 4, 2: 3}) == {}


def test_an_empty_topic_is_read_at_once(settings: Settings) -> None:
    began = time.monotonic()
    assert known(settings, {}) == {}
    assert time.monotonic() - began < 10


def test_nothing_is_read_where_nothing_deduplicates(house: House) -> None:
    house.webhook()
    assert longest_window(house.log.configuration) == 0
    assert catch_up(house.settings, house.copies, dict, 0, 0.0) == 0
    house.webhook(name="other", endpoint="other", deduplicate={"attribute": "body.id", "window": "2h"})
    assert longest_window(house.log.configuration) == 2 * 3_600_000
