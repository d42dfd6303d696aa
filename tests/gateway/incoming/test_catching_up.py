"""What the store lacks is read from the topic at the start, on a real Kafka; then its copies are known."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from gateway.incoming.catching_up import (
    Reading,
    catch_up,
    longest_window,
    names_events,
    remember_event,
    remember_request,
)
from gateway.incoming.copies import Copies, First
from gateway.incoming.latest import Folded
from gateway.incoming.producer_ids import KnownEvent, ProducerIds, key_of, known_event
from schemas.codec import encode
from schemas.errors import KafkaUnavailable
from schemas.records import Outcome
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker
from tests.gateway.house import House
from tests.schemas.samples import SAMPLES
from tests.streams.shop import a_request
from tests.waiting import eventually

WINDOW = 72 * 3_600_000


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    prefix = f"c{uuid.uuid4().hex[:8]}."
    one = Settings(kafka_bootstrap_servers=broker.bootstrap, data_dir=tmp_path, topic_prefix=prefix, partitions=3)
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    topics = [Topics(one).incoming_requests, Topics(one).customer_events]
    for made in admin.create_topics([NewTopic(topic, 3, 1) for topic in topics]).values():
        made.result(60)
    assert eventually(lambda: all(readable(one, topic) for topic in topics))
    yield one
    for deleted in admin.delete_topics(topics).values():
        deleted.result(60)


def readable(settings: Settings, topic: str) -> bool:
    """Whether its new partitions have their leaders."""
    try:
        catch_up(settings, [Reading(topic, WINDOW)], 1.0)
    except KafkaUnavailable:
        return False
    return True


def write(settings: Settings, *values: bytes, partition: int = 1, topic: str = "") -> None:
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers})
    for value in values:
        producer.produce(topic or Topics(settings).incoming_requests, value, partition=partition)
    assert producer.flush(60) == 0


async def nothing(_account: str, _key: str, _since: int) -> tuple[None, Folded]:
    return None, {}


async def no_events(_account: str, _ids: Collection[str]) -> tuple[dict[str, KnownEvent], Folded]:
    return {}, {}


def known(settings: Settings, folded: dict[int, int]) -> dict[str, First]:
    copies = Copies(nothing)
    take = remember_request(copies, ProducerIds(no_events), lambda _: None)
    catch_up(settings, [Reading(Topics(settings).incoming_requests, WINDOW, folded, take)], 120.0)
    return copies._latest.known


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
    assert time.monotonic() - began < 60


def test_nothing_is_read_where_nothing_deduplicates(house: House) -> None:
    house.webhook()
    assert longest_window(house.log.configuration) == 0
    assert catch_up(house.settings, [Reading(house.topics.incoming_requests, 0)], 0.0) == 0
    house.webhook(name="other", endpoint="other", deduplicate={"attribute": "body.id", "window": "2h"})
    assert longest_window(house.log.configuration) == 2 * 3_600_000


def test_ids_that_the_store_lacks_are_known(settings: Settings) -> None:
    topic = Topics(settings).customer_events
    event = {"id": "mine", "account": "shop", "customer": "c-1", "action": "point_add", "timestamp": 5}
    without = {name: value for name, value in event.items() if name != "id"}
    write(settings, json.dumps(event).encode(), json.dumps(without).encode(), b"nothing", topic=topic)
    write(settings, encode(SAMPLES["customer_event"]), topic=topic, partition=2)
    found = ProducerIds(no_events)
    catch_up(settings, [Reading(topic, WINDOW, {}, remember_event(found))], 20.0)
    sample = SAMPLES["customer_event"]
    assert found._latest.known.keys() == {key_of("shop", "mine"), key_of(sample.account, sample.id)}
    mine = found._latest.known[key_of("shop", "mine")]
    assert (mine.timestamp, mine.place) == (5_000, ((topic, 1), 0))
    assert found._latest.known[key_of(sample.account, sample.id)] == known_event(sample, ((topic, 2), 0))
    none = ProducerIds(no_events)
    catch_up(settings, [Reading(topic, WINDOW, {1: 3, 2: 1}, remember_event(none))], 20.0)
    assert len(none) == 0


def test_ids_of_requests_that_are_no_events_yet_are_known(house: House) -> None:
    mapping = [{"from": "customer", "to": "customer"}, {"from": "order", "to": "id"}]
    assert not names_events(house.log.configuration)
    house.webhook(mapping=mapping)
    assert names_events(house.log.configuration)
    house.post("points", {"customer": "c-1", "order": "o-1"})
    (request,) = house.requests
    found = ProducerIds(no_events)
    take = remember_request(Copies(nothing), found, house.recalling.event_of)
    take(encode(request), ("t", 1), 7, 0)
    take(encode(replace(request, run_id="run_1", event_id="other")), ("t", 1), 8, 0)
    assert {key: known.place for key, known in found._latest.known.items()} == {key_of("shop", "o-1"): (("t", 1), 7)}
