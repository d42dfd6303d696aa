"""The streams worker as a process on a real Kafka: nothing lost over kills, nothing stopped by garbage."""

from __future__ import annotations

import json
import signal

import pytest

from schemas.identity import delivery_id, event_id_of_request, lane_partition
from schemas.records import EntityKind, RejectedReason
from tests.streams.shop import Shop, a_change, a_request, an_event, an_item
from tests.streams.worker import Stage
from tests.waiting import eventually

pytestmark = pytest.mark.journey

GARBAGE = [None, b"", b"{", b"\x00\x00\x00\x00\x01abc", b"\xc3\x01garbage!", b"\xff" * 100, b"[]", b'{"a":1}']


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
    requests = [a_request(id=f"req_{n}", event_id=event_id_of_request(f"req_{n}")) for n in range(6000)]
    stage.start()
    for kill in range(3):
        seen = len(stage.messages(stage.topics.deliveries))
        stage.write(stage.topics.incoming_requests, requests[kill * 1500 : (kill + 1) * 1500])
        stage.wait_for(stage.topics.deliveries, seen + 1, within=40)
        stage.end(number=signal.SIGKILL)
        stage.start()
    stage.write(stage.topics.incoming_requests, requests[4500:])

    wanted = {event_id_of_request(request.id) for request in requests}
    eventually(lambda: {record.event_id for record in stage.records(stage.topics.deliveries)} == wanted, within=60)
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
