"""The projector on a real Apache Kafka: restarts, a deleted store, two projectors on one store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from projections.source import MemberEnded
from projections.store.errors import StoreReplaced
from schemas.codec import encode
from schemas.records import AttemptStatus
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker
from tests.projections.folding import digests_of
from tests.projections.projecting import has, running, statuses
from tests.projections.records import a_delivery, an_attempt
from tests.waiting import eventually

Write = Callable[..., None]


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    one = Settings(
        kafka_bootstrap_servers=broker.bootstrap,
        data_dir=tmp_path,
        topic_prefix=f"p{uuid.uuid4().hex[:8]}.",
        partitions=3,
    )
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    catalogue = Topics(one).catalogue
    made = admin.create_topics([NewTopic(topic.name, topic.partitions, 1, config=topic.config) for topic in catalogue])
    for future in made.values():
        future.result(60)
    yield one
    for future in admin.delete_topics([topic.name for topic in catalogue]).values():
        future.result(60)


@pytest.fixture
def write(settings: Settings) -> Write:
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers, "message.max.bytes": 9 * 1024 * 1024})

    def produce(topic: str, *records: object) -> None:
        for number, record in enumerate(records):
            producer.produce(topic, encode(record), b"key", partition=number % settings.partitions)
        assert producer.flush(60) == 0

    return produce


def test_a_deleted_store_ends_the_projector_and_a_restart_builds_the_same_rows(
    settings: Settings, write: Write
) -> None:
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=500)
    topics = Topics(settings)
    write(topics.deliveries, a_delivery())
    write(topics.attempts, resent, an_attempt(step=2))
    with running(settings) as projector:
        eventually(lambda: statuses(settings) == {"resent", "done"})
        before = digests_of(settings.store_url)
        Path(settings.store_url.removeprefix("sqlite:///")).unlink()
        assert isinstance(projector.end(ask=False), StoreReplaced)
    with running(settings):
        eventually(lambda: statuses(settings) == {"resent", "done"})
        assert digests_of(settings.store_url) == before


def test_a_restart_goes_on_from_the_offsets_of_the_store(settings: Settings, write: Write) -> None:
    topics = Topics(settings)
    write(topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(10)))
    with running(settings) as projector:
        eventually(has(settings, 10))
        assert projector.end() is None
    write(topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(10, 20)))
    with running(settings):
        eventually(has(settings, 20))


def test_two_projectors_share_the_partitions_and_one_takes_over_from_the_other(
    settings: Settings, write: Write
) -> None:
    topics = Topics(settings)
    first, second = (settings.model_copy(update={"worker_slot": slot}) for slot in ("one", "two"))
    with running(first) as one, running(second) as two:
        write(topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(30)))
        eventually(has(settings, 30))
        assert one.end() is None
        write(topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(30, 60)))
        eventually(has(settings, 60))
        assert two.end() is None


def test_a_record_larger_than_what_is_fetched_at_once_is_folded(settings: Settings, write: Write) -> None:
    topics = Topics(settings)
    write(topics.deliveries, a_delivery(body=b"x" * 6_000_000), a_delivery(delivery_id="dlv_2"))
    with running(settings) as projector:
        eventually(has(settings, 2))
        assert projector.end() is None


def test_of_two_projectors_with_one_slot_the_elder_ends_and_says_why(settings: Settings, write: Write) -> None:
    write(Topics(settings).deliveries, a_delivery())
    with running(settings) as elder:
        eventually(has(settings, 1))
        with running(settings) as younger:
            error = elder.end(ask=False)
            assert isinstance(error, MemberEnded)
            assert "HOOKLINE_WORKER_SLOT" in str(error)
            write(Topics(settings).deliveries, a_delivery(delivery_id="dlv_2"))
            eventually(has(settings, 2))
            assert younger.end() is None
