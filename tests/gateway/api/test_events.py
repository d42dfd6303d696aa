"""Customer events by HTTP: the rules of every door, batches in order, repeats that do nothing."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.records import CustomerEvent, SourceType
from tests.gateway.folded import fold
from tests.gateway.house import House

PATH = "/v1/shop/events"
EVENT = {"customer": "c-1", "action": "point_add", "data": {"points": "12.50", "big": 12345678901234567890123}}


def written(house: House) -> list[CustomerEvent]:
    return house.log.records(house.topics.customer_events)


def test_one_event_is_taken_and_written(house: House) -> None:
    answer = house.call("POST", PATH, EVENT)
    (event,) = written(house)
    assert answer.status == 202
    assert answer.json["id"] == event.id
    assert answer.json["items"] == [{"id": event.id}]
    assert answer.json["position"].startswith("customer-events:")
    assert (event.account, event.customer, event.action, event.source) == ("shop", "c-1", "point_add", SourceType.API)
    assert event.data == '{"points":12.5,"big":12345678901234567890123}'
    assert event.config_offset == house.log.configuration.offset


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"customer": ""}, "customer"),
        ({"customer": 7}, "customer"),
        ({"customer": None}, "customer"),
        ({"action": "nope"}, "action"),
        ({"data": []}, "data"),
        ({"data": {"points": "a sentence"}}, "data.points"),
        ({"account": "other"}, "account"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"extra": 1}, "extra"),
    ],
)
def test_one_event_that_breaks_a_rule_is_422(house: House, change: dict[str, Any], path: str) -> None:
    answer = house.call("POST", PATH, EVENT | change)
    assert (answer.status, answer.paths) == (422, [path])
    assert written(house) == []


def test_a_batch_answers_in_order_and_wrong_ones_keep_nothing_out(house: House) -> None:
    batch = [
        EVENT,
        EVENT | {"action": "nope"},
        7,
        EVENT | {"id": "mine"},
        EVENT | {"id": "mine"},
        EVENT | {"id": "mine", "customer": "c-2"},
    ]
    answer = house.call("POST", PATH, {"events": batch})
    items = answer.json["items"]
    assert answer.status == 202
    assert [next(iter(item)) for item in items] == ["id", "error", "error", "id", "id", "error"]
    assert [item["error"]["path"] for item in items if "error" in item] == ["action", "", "id"]
    assert items[5]["error"]["code"] == "id_conflict"
    assert [event.id for event in written(house)] == [items[0]["id"], "mine"]


@pytest.mark.parametrize(
    "body", [{"events": []}, {"events": [EVENT] * 1001}, {"events": {}}, {"events": [EVENT], "x": 1}]
)
def test_a_batch_has_one_to_a_thousand_events(house: House, body: dict[str, Any]) -> None:
    answer = house.call("POST", PATH, body)
    assert (answer.status, answer.paths) == (422, ["events"])


def test_internal_actions_come_by_this_door(house: House) -> None:
    assert house.call("POST", PATH, {"customer": "c", "action": "birthday"}).status == 202


def test_the_same_id_again_does_nothing_and_other_content_is_a_conflict(house: House) -> None:
    timed = EVENT | {"id": "mine", "timestamp": "2026-11-24T09:00:00Z"}
    house.made("POST", PATH, timed)
    fold(house)
    again = house.call("POST", PATH, timed)
    assert (again.status, again.json["id"]) == (202, "mine")
    assert house.call("POST", PATH, EVENT | {"id": "mine"}).status == 202, "a time that is not given is not compared"
    changes: tuple[dict[str, Any], ...] = ({"customer": "c-2"}, {"action": "point_sub"}, {"data": {}}, {"timestamp": 5})
    for change in changes:
        other = house.call("POST", PATH, timed | change)
        assert (other.status, other.json["type"], other.paths) == (409, "/docs#id_conflict", ["id"])
    assert len(written(house)) == 1


def test_without_kafka_it_is_503(house: House) -> None:
    house.log.away = True
    assert house.call("POST", PATH, EVENT).status == 503


def test_an_event_from_the_history_can_be_sent_as_it_is(house: House) -> None:
    house.made("POST", PATH, EVENT)
    fold(house)
    (listed,) = house.made("GET", PATH)["items"]
    assert house.made("POST", PATH, listed)["id"] == listed["id"]
    assert len(written(house)) == 1


def test_the_trace_of_a_call_goes_on_with_its_events(house: House) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    headers = {"authorization": f"Bearer {house.key}", "content-type": "application/json", "traceparent": parent}
    house.send("POST", "/v1/shop/events", b'{"customer":"c","action":"birthday"}', headers)
    (_, message), *_ = house.log.topics[house.topics.customer_events]
    assert message.headers == (("traceparent", parent.encode()),)
