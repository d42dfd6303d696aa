"""Rejected records over HTTP: whose they are, their bytes, retry and dismiss."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.api import rejected_shapes
from projections.queries import rejected
from projections.queries.lists import common
from schemas.codec import decode_as
from schemas.events import read_event
from schemas.records import CustomerEvent, OperationKind, RejectedReason
from tests.gateway.conftest import MakeHouse
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import NOW, a_message, a_rejected

VALUE = b'{"account":"shop","customer":"c-1","action":"vip_visit"}'
PLACE = "customer-events.0.4"


def put(house: House, **changes: Any) -> None:
    """A rejected record of `shop`; and the record itself, which the fold takes for an event."""
    given = {"account": "shop", "reason": RejectedReason.UNKNOWN_ACTION, "value": VALUE} | changes
    record = a_rejected(**given)
    source = a_message(record.value, offset=record.offset, topic=record.topic)
    fold(house, a_message(record, offset=record.offset), *([source] if record.value is not None else []))


def test_the_documented_filters_are_those_that_there_are() -> None:
    names = {field.alias or name for name, field in rejected_shapes.RejectedQuery.model_fields.items()}
    assert names == {*rejected.LISTING.filters, *common(rejected.LISTING), "after"}


def test_an_account_sees_its_own_and_the_operator_those_of_nobody(house: House) -> None:
    put(house)
    put(house, account=None, offset=5, value=b"\xff\x00", reason=RejectedReason.UNREADABLE)
    (mine,) = house.made("GET", "/v1/shop/rejected?reason=unknown_action&state=open&topic=customer-events")["items"]
    row = rejected_shapes.RejectedRow.model_validate(mine)
    assert (row.id, row.state, row.size) == (PLACE, "open", len(VALUE))
    whole = rejected_shapes.RejectedWhole.model_validate(house.made("GET", f"/v1/shop/rejected/{PLACE}"))
    assert (whole.value, whole.value_encoding, whole.key) == (VALUE.decode(), "utf-8", "k")
    (nobodys,) = house.made("GET", "/v1/rejected")["items"]
    assert (nobodys["id"], nobodys["account"]) == ("customer-events.0.5", None)
    assert house.made("GET", "/v1/rejected/customer-events.0.5")["value"] == "/wA="
    assert house.call("GET", "/v1/shop/rejected/customer-events.0.5").status == 404
    assert house.call("GET", f"/v1/rejected/{PLACE}").status == 404
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "k"})["key"]
    assert house.call("GET", "/v1/rejected", key=key).status == 403


def test_a_record_that_would_be_rejected_again_is_not_written(house: House) -> None:
    put(house)
    answer = house.call("POST", f"/v1/shop/rejected/{PLACE}/retry")
    assert (answer.status, answer.json["type"]) == (409, "/docs#wrong_state")
    assert "vip_visit" in answer.json["detail"]
    assert house.log.topics[house.topics.customer_events] == []


@pytest.mark.parametrize("own_id", [None, "order-17"])
def test_a_record_is_written_again_once_its_action_is_known(house: House, own_id: str | None) -> None:
    value = json.dumps(json.loads(VALUE) | ({"id": own_id} if own_id else {})).encode()
    put(house, value=value)
    assert house.made("GET", "/v1/shop/events")["items"] == []
    house.made("POST", "/v1/shop/custom-actions", {"name": "vip_visit", "label": "A visit"})
    done = rejected_shapes.RejectedHandled.model_validate(house.made("POST", f"/v1/shop/rejected/{PLACE}/retry"))
    ((place, message),) = house.log.topics[house.topics.customer_events]
    assert (message.key, message.partition) == (b"k", 0)
    assert own_id is None or message.value == value
    mended, _ = house.log.topics[house.topics.config][-1]
    assert own_id or decode_as(CustomerEvent, message.value).config_offset == mended.offset, "streams wait for it"
    assert done.retried_as == f"customer-events.{place.partition}.{place.offset}"
    again = a_message(message.value, offset=9, topic=house.topics.customer_events, timestamp=NOW + 5)
    house.log.topics[house.topics.customer_events].clear()
    fold(house, again)
    (row,) = house.made("GET", f"/v1/shop/rejected?state=retried&after={done.position}")["items"]
    assert row["state"] == "retried"
    events = house.made("GET", "/v1/shop/events")["items"]
    assert [event["action"] for event in events] == ["vip_visit"], "one event, not a second one that was refused"


def test_a_record_without_an_id_is_one_event_however_often_and_wherever_it_is_retried(
    house: House, make_house: MakeHouse
) -> None:
    put(house)
    other = make_house()  # a second gateway on the same store, with a log of its own
    for gateway, times in ((house, 2), (other, 1)):
        gateway.made("POST", "/v1/shop/custom-actions", {"name": "vip_visit", "label": "A visit"})
        for _ in range(times):
            gateway.made("POST", f"/v1/shop/rejected/{PLACE}/retry")
    topic = house.topics.customer_events
    written = [message for gateway in (house, other) for _, message in gateway.log.topics[topic]]
    events = [
        read_event(each.value, cluster="c", topic=topic, partition=0, offset=offset, timestamp=NOW + offset)
        for offset, each in enumerate(written)
    ]
    assert len(written) == 3
    assert len({(event.id, event.timestamp, event.data) for event in events}) == 1
    again = [a_message(each.value, offset=9 + n, topic=topic) for n, each in enumerate(written)]
    for gateway in (house, other):
        gateway.log.topics[topic].clear()
    fold(house, *again)
    assert [row["action"] for row in house.made("GET", "/v1/shop/events")["items"]] == ["vip_visit"]


def test_what_is_dismissed_stays(house: House) -> None:
    put(house)
    done = house.made("POST", f"/v1/shop/rejected/{PLACE}/dismiss")
    (operation,) = house.log.records(house.topics.operations)
    assert (operation.kind, operation.author) == (OperationKind.DISMISSAL, "operator")
    fold(house)
    assert house.made("GET", f"/v1/shop/rejected?state=open&after={done['position']}")["items"] == []
    assert house.made("GET", f"/v1/shop/rejected/{PLACE}")["state"] == "dismissed"
    assert house.call("POST", f"/v1/shop/rejected/{PLACE}/dismiss").status == 409
    assert house.made("GET", "/v1/shop/resends")["items"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": RejectedReason.REFUSED_BY_KAFKA},
        {"reason": RejectedReason.ID_CONFLICT},
        {"topic": "hookline.attempts"},
    ],
)
def test_what_cannot_be_written_again_says_why(house: House, changes: dict[str, Any]) -> None:
    put(house, **changes)
    (row,) = house.made("GET", "/v1/shop/rejected")["items"]
    answer = house.call("POST", f"/v1/shop/rejected/{row['id']}/retry")
    assert (answer.status, answer.json["type"]) == (409, "/docs#wrong_state")


@pytest.mark.parametrize(
    "row_id", ["nothing", "customer-events.0", "customer-events.x.4", "customer-events.0.99", "a.b.c"]
)
def test_ids_of_nothing_are_404(house: House, row_id: str) -> None:
    put(house)
    house.made("PUT", "/v1/accounts/other")
    for method, path in (("GET", ""), ("POST", "/retry"), ("POST", "/dismiss")):
        assert house.call(method, f"/v1/shop/rejected/{row_id}{path}").status == 404
        assert house.call(method, f"/v1/other/rejected/{PLACE}{path}").status == 404


@pytest.mark.parametrize(
    "query", ["nonsense=1", "limit=0", "limit=10000", "state=gone", "reason=x", "cursor=x", "from=x"]
)
def test_what_the_list_does_not_take_is_400(house: House, query: str) -> None:
    put(house)
    for base in ("/v1/shop/rejected", "/v1/rejected"):
        answer = house.call("GET", f"{base}?{query}")
        assert (answer.status, answer.paths) == (400, [query.partition("=")[0]])
