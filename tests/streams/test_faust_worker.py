"""The streams worker as a process on a real Kafka: nothing lost over kills, nothing stopped by garbage."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from schemas.identity import delivery_id, event_id_of_request, lane_partition
from schemas.records import EntityKind, IncomingRequest, RejectedReason
from tests.broker import Broker
from tests.streams.shop import Shop, a_change, a_request, an_event, an_item
from tests.streams.worker import Stage
from tests.waiting import eventually, free_port

pytestmark = pytest.mark.journey

GARBAGE = [None, b"", b"{", b"\x00\x00\x00\x00\x01abc", b"\xc3\x01garbage!", b"\xff" * 100, b"[]", b'{"a":1}']


def accepted(numbers: range) -> list[IncomingRequest]:
    return [a_request(id=f"req_{n}", event_id=event_id_of_request(f"req_{n}")) for n in numbers]


def delivered(stage: Stage, wanted: set[str]) -> bool:
    return {each.event_id for each in stage.records(stage.topics.deliveries)} == wanted


def test_a_request_becomes_its_event_and_its_delivery(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start()

    stage.write(stage.topics.incoming_requests, [a_request()])

    event = stage.wait_for(stage.topics.customer_events, 1)[0]
    assert (event.id, event.customer, event.data) == (event_id_of_request("req_1"), "c-1", '{"points":325}')
    stage.wait_for(stage.topics.deliveries, 1)
    message = stage.messages(stage.topics.deliveries)[0]
    assert message.key() == b"site_1/0"
    assert message.partition() == lane_partition("site_1/0", 3)
    assert stage.records(stage.topics.deliveries)[0].delivery_id == delivery_id("shop", event.id, "sub_1")
    assert stage.end() == 0
    assert stage.records(stage.topics.rejected) == []


def test_every_accepted_request_is_delivered_over_kills_under_load(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    requests = accepted(range(4500))
    stage.start()
    for kill in range(2):
        seen = len(stage.messages(stage.topics.deliveries))
        stage.write(stage.topics.incoming_requests, requests[kill * 1500 : (kill + 1) * 1500])
        stage.wait_for(stage.topics.deliveries, seen + 1)
        stage.end(number=signal.SIGKILL)
        stage.start()
    stage.write(stage.topics.incoming_requests, requests[3000:])

    wanted = {event_id_of_request(request.id) for request in requests}
    eventually(partial(delivered, stage, wanted), within=60, what=lambda: f"all deliveries\n{stage.said()}")
    events = stage.records(stage.topics.customer_events)
    assert {event.id for event in events} == wanted
    deliveries = stage.records(stage.topics.deliveries)
    assert {one.delivery_id for one in deliveries} == {delivery_id("shop", each, "sub_1") for each in wanted}
    assert stage.records(stage.topics.rejected) == []
    assert stage.end() == 0


def test_garbage_is_rejected_whole_and_stops_nothing(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start()
    for topic in (stage.topics.incoming_requests, stage.topics.customer_events):
        stage.write(topic, GARBAGE, key=b"k", headers=[("h", b"\xff"), ("none", None)])
    stage.write(stage.topics.incoming_requests, [a_request()])
    stage.write(
        stage.topics.customer_events, [json.dumps({"account": "shop", "customer": "c-2", "action": "opt_in"}).encode()]
    )

    delivered = stage.wait_for(stage.topics.deliveries, 2)
    assert {one.customer for one in delivered} == {"c-1", "c-2"}
    rejected = stage.wait_for(stage.topics.rejected, 2 * len(GARBAGE))
    assert len(rejected) == 2 * len(GARBAGE)
    for topic in (stage.topics.incoming_requests, stage.topics.customer_events):
        of_topic = [one for one in rejected if one.topic == topic]
        assert sorted(one.value or b"" for one in of_topic) == sorted(value or b"" for value in GARBAGE)
        assert {one.key for one in of_topic} == {b"k"}
    keys = {message.key() for message in stage.messages(stage.topics.rejected)}
    assert keys == {f"{one.topic}/{one.partition}/{one.offset}".encode() for one in rejected}
    assert stage.end() == 0


def test_what_kafka_refuses_for_good_is_rejected_as_a_reference(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start()
    huge = b"\xff" + bytes(8 * 1024 * 1024 - 1000)
    stage.write(stage.topics.customer_events, [huge], partition=1)
    stage.write(stage.topics.customer_events, [an_event()], partition=1)

    assert stage.wait_for(stage.topics.deliveries, 1)
    (rejected,) = stage.wait_for(stage.topics.rejected, 1)
    assert (rejected.reason, rejected.value, rejected.offset) == (RejectedReason.REFUSED_BY_KAFKA, b"", 0)
    assert stage.end() == 0


def test_a_record_decided_under_a_later_change_waits_for_it_and_one_beyond_the_end_is_rejected(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop(webhook={"action": "opt_in"}).change])
    stage.start()
    stage.write(stage.topics.incoming_requests, [a_request(config_offset=1000)])
    (rejected,) = stage.wait_for(stage.topics.rejected, 1)
    assert rejected.reason is RejectedReason.CONFIG_UNKNOWN

    for number in range(20):
        item = an_item(
            EntityKind.SUBSCRIPTION,
            f"sub_new_{number}",
            {"name": f"n{number}", "site_id": "site_1", "actions": ["refund"], "active": True},
        )
        (offset,) = stage.write(stage.topics.config, [a_change(item)])
        event = an_event(id=f"evt_{number}", action="refund", data="{}", config_offset=offset)
        stage.write(stage.topics.customer_events, [event])
    wanted = {("evt_19", f"sub_new_{number}") for number in range(20)}
    eventually(
        lambda: wanted <= {(one.event_id, one.subscription_id) for one in stage.records(stage.topics.deliveries)}
    )
    firsts = {(f"evt_{number}", f"sub_new_{number}") for number in range(20)}
    assert firsts <= {(one.event_id, one.subscription_id) for one in stage.records(stage.topics.deliveries)}


def test_a_header_name_that_is_not_utf_8_is_rejected_and_stops_nothing(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start()
    code = """
import asyncio, sys
from aiokafka import AIOKafkaProducer

class Wild(str):
    def encode(self, *_):
        return b"\\xffwild"

async def main():
    async with AIOKafkaProducer(bootstrap_servers=sys.argv[1]) as producer:
        await producer.send_and_wait(sys.argv[2], b"garbage", partition=0, headers=[(Wild("x"), b"v")])

asyncio.run(main())
"""
    command = [sys.executable, "-c", code, stage.broker.bootstrap, stage.topics.customer_events]
    subprocess.run(command, check=True, env=stage.variables | {"AIOKAFKA_NO_EXTENSIONS": "1"})
    stage.write(stage.topics.customer_events, [an_event()], partition=0)

    stage.wait_for(stage.topics.deliveries, 1)
    (rejected,) = stage.wait_for(stage.topics.rejected, 1)
    assert (rejected.value, rejected.headers) == (b"garbage", [["\\xffwild", "v"]])


def test_a_stop_under_load_ends_with_0_and_loses_nothing(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start()
    stage.write(stage.topics.incoming_requests, accepted(range(3000)))
    stage.wait_for(stage.topics.deliveries, 1)
    assert stage.end() == 0, stage.said()
    ready = stage.said().count("streams is ready")
    stage.start()
    eventually(lambda: stage.said().count("streams is ready") > ready, within=60, what="it can be told to stop")
    wanted = {event_id_of_request(f"req_{n}") for n in range(3000)}
    eventually(partial(delivered, stage, wanted), within=60, what=lambda: f"all deliveries\n{stage.said()}")
    assert stage.end() == 0, stage.said()


def test_a_worker_that_waits_for_kafka_says_so_once_and_can_be_stopped(stage: Stage) -> None:
    stage.variables["HOOKLINE_KAFKA_BOOTSTRAP_SERVERS"] = nowhere = f"127.0.0.1:{free_port()}"
    stage.start()
    eventually(lambda: f"Kafka does not answer at {nowhere}" in stage.said())
    assert stage.end() == 0
    assert stage.said().count("waiting for Kafka") == 1


@pytest.mark.prove
def test_two_workers_share_the_work_and_one_takes_over_from_the_other(stage: Stage) -> None:
    stage.write(stage.topics.config, [Shop().change])
    stage.start("one")
    stage.start("two")
    stage.write(stage.topics.incoming_requests, accepted(range(1000)))
    stage.wait_for(stage.topics.deliveries, 1000, within=60)
    stage.end("one", signal.SIGKILL)
    stage.write(stage.topics.incoming_requests, accepted(range(1000, 2000)))
    wanted = {event_id_of_request(f"req_{n}") for n in range(2000)}
    eventually(partial(delivered, stage, wanted), within=60, what=lambda: f"all deliveries\n{stage.said()}")
    assert stage.end("two") == 0


@pytest.mark.prove
def test_the_same_worker_goes_on_after_the_broker_was_killed(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "own")
    broker.start()
    own = Stage(broker, tmp_path)
    try:
        own.create_topics()
        own.write(own.topics.config, [Shop().change])
        process = own.start()
        own.write(own.topics.incoming_requests, accepted(range(1)))
        own.wait_for(own.topics.deliveries, 1)
        for kill in range(3):
            own.write(own.topics.incoming_requests, accepted(range(kill * 500, kill * 500 + 500)))
            broker.stop(signal.SIGKILL)
            broker.start()
            own.write(own.topics.incoming_requests, accepted(range(kill * 500, kill * 500 + 500)))
            wanted = {event_id_of_request(f"req_{n}") for n in range(kill * 500 + 500)}
            eventually(partial(delivered, own, wanted), within=90, what=lambda: f"all deliveries\n{own.said()}")
        assert process.poll() is None
        assert own.end() == 0
    finally:
        own.close()
        broker.stop()


def test_an_id_of_a_producer_is_one_event_also_after_a_kill(stage: Stage) -> None:
    def event(**fields: object) -> bytes:
        return json.dumps({"account": "shop", "customer": "c-1", "action": "opt_in", "id": "order-1"} | fields).encode()

    stage.write(stage.topics.config, [Shop().change])
    stage.start()
    stage.write(stage.topics.customer_events, [event()], partition=0)
    stage.wait_for(stage.topics.deliveries, 1)
    stage.end(number=signal.SIGKILL)
    stage.start()
    stage.write(stage.topics.customer_events, [event(), event(customer="c-2")], partition=1)
    stage.write(stage.topics.customer_events, [event(id="order-2")], partition=1)

    delivered = stage.wait_for(stage.topics.deliveries, 2)
    assert sorted({one.event_id for one in delivered}) == ["order-1", "order-2"]
    assert {one.customer for one in delivered} == {"c-1"}
    (conflict,) = stage.wait_for(stage.topics.rejected, 1)
    assert (conflict.reason, conflict.topic) == (RejectedReason.ID_CONFLICT, stage.topics.customer_events)
    assert (conflict.partition, conflict.offset, conflict.value) == (1, 1, event(customer="c-2"))
