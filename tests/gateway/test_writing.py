"""The writer on librdkafka's mock cluster and the log in memory pass one suite; then what only the real one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from confluent_kafka import Producer

from gateway.writing import Writer, Writes
from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused
from tests.gateway.fake_log import FakeLog
from tests.waiting import free_port

TOPIC = "hookline.incoming-requests"
Make = Callable[[asyncio.AbstractEventLoop], Writes]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The addresses of a mock cluster; it lives as long as its producer."""
    producer = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
    brokers = producer.list_topics(timeout=60).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    producer.flush(1)


@pytest.fixture(params=["real", "fake"])
def make(request: pytest.FixtureRequest, cluster: str) -> Make:
    settings = Settings(kafka_bootstrap_servers=cluster)
    return lambda loop: Writer(settings, "test", loop) if request.param == "real" else FakeLog(partitions=4)


def run(make: Make, use: Callable[[Writes], Any]) -> Any:
    async def main() -> Any:
        return await use(make(asyncio.get_running_loop()))

    return asyncio.run(main())


def message(key: bytes = b"k", value: bytes = b"v", partition: int = -1) -> Message:
    return Message(TOPIC, key, value, partition)


def test_places_are_in_the_order_of_the_messages(make: Make) -> None:
    async def use(writer: Writes) -> None:
        before = (await writer.write(message(partition=2)))[0].offset
        places = await writer.write(message(partition=2), message(partition=1), message(partition=2))
        assert [place.partition for place in places] == [2, 1, 2]
        assert [places[0].offset, places[2].offset] == [before + 1, before + 2]

    run(make, use)


def test_one_key_has_one_partition(make: Make) -> None:
    async def use(writer: Writes) -> None:
        places = await writer.write(*(message(b"a key") for _ in range(20)))
        assert len({place.partition for place in places}) == 1
        assert [place.offset for place in places] == list(range(places[0].offset, places[0].offset + 20))

    run(make, use)


def test_nothing_is_written_at_once(make: Make) -> None:
    async def use(writer: Writes) -> None:
        assert await writer.write() == []

    run(make, use)


def test_what_is_too_large_is_named(make: Make) -> None:
    async def use(writer: Writes) -> None:
        with pytest.raises(MessageRefused) as refused:
            await writer.write(message(), message(value=bytes(10 * 1024 * 1024)))
        assert refused.value.indexes == (1,)

    run(make, use)


def test_many_at_once_are_all_acknowledged(make: Make) -> None:
    async def use(writer: Writes) -> None:
        found = await asyncio.gather(*(writer.write(message(json.dumps(n).encode())) for n in range(500)))
        places = {(place.partition, place.offset) for (place,) in found}
        assert len(places) == 500

    run(make, use)


@pytest.mark.parametrize("kind", ["real", "fake"])
def test_without_a_broker_it_is_not_known(kind: str) -> None:
    fake = FakeLog()
    fake.away = True
    settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        writer: Writes = Writer(settings, "test", loop, within=0.5) if kind == "real" else fake
        began = loop.time()
        with pytest.raises(KafkaUnavailable):
            await writer.write(message())
        assert loop.time() - began < 60
        if isinstance(writer, Writer):
            with ThreadPoolExecutor() as pool:
                assert not await loop.run_in_executor(pool, writer.reachable, TOPIC, 0.2)

    asyncio.run(main())


def test_a_cluster_that_leads_the_topic_is_reachable(cluster: str) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        writer = Writer(Settings(kafka_bootstrap_servers=cluster), "test", loop)
        await writer.write(message())
        assert await asyncio.to_thread(writer.reachable, TOPIC, 5.0)
        writer.close(1.0)

    asyncio.run(main())
