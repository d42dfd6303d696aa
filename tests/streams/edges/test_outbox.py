"""The outbox on a real Kafka: a batch is done when all of it is there, and what is refused is named."""

from __future__ import annotations

import pytest

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from schemas.topics import MAX_MESSAGE_BYTES
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused, Outbox
from tests.streams.worker import Stage
from tests.waiting import free_port

pytestmark = pytest.mark.journey
HUGE = bytes(MAX_MESSAGE_BYTES)


def test_a_batch_is_done_when_every_message_has_its_place(stage: Stage) -> None:
    outbox = Outbox(stage.settings, "test", timeout=60)
    topic = stage.topics.deliveries
    placed = outbox.send([Message(topic, b"k", b"%d" % n, n % 3) for n in range(100)]).result(60)
    found = {(message.partition(), message.offset()): message.value() for message in stage.messages(topic)}
    assert [found[place.partition, place.offset] for place in placed] == [b"%d" % n for n in range(100)]
    assert outbox.send([]).result(1) == []
    outbox.close()


def test_what_is_too_large_is_named_and_the_rest_is_there(stage: Stage) -> None:
    outbox = Outbox(stage.settings, "test", timeout=60)
    topic = stage.topics.rejected
    batch = [Message(topic, None, value, 0) for value in (b"a", HUGE, b"b", HUGE, b"c")]
    with pytest.raises(MessageRefused) as caught:
        outbox.send(batch).result(60)
    assert caught.value.indexes == (1, 3)
    assert [message.value() for message in stage.messages(topic)] == [b"a", b"b", b"c"]
    outbox.close()


def test_without_a_broker_it_is_not_known() -> None:
    outbox = Outbox(Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}"), "test", timeout=0.5)
    with pytest.raises(KafkaUnavailable):
        outbox.send([Message("t", None, b"a"), Message("t", None, HUGE)]).result(60)
    outbox.close(0.1)
