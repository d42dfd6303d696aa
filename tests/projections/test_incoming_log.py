"""The incoming log and the events as people read them; secrets never show."""

from __future__ import annotations

from typing import Any

import pytest

from projections.queries import deliveries, events, incoming_log
from projections.queries.store import Store
from schemas.errors import FieldInvalid
from schemas.records import Outcome, RejectedReason
from tests.projections.folding import fold_into
from tests.projections.records import (
    NOW,
    TOPICS,
    a_delivery,
    a_message,
    a_rejected,
    a_request,
    an_attempt,
    an_event,
)


def requests(url: str, **parameters: str) -> list[str]:
    with Store(url).read() as connection:
        return [row["id"] for row in incoming_log.page(connection, "shop", parameters)["items"]]


def one_request(url: str) -> dict[str, Any]:
    with Store(url).read() as connection:
        found = incoming_log.one(connection, "shop", "req_1")
    assert found is not None
    return found


def events_of(url: str, **parameters: str) -> list[str]:
    with Store(url).read() as connection:
        return [row["id"] for row in events.page(connection, "shop", parameters)["items"]]


def test_one_request_has_every_field_and_hides_what_is_sealed(store_url: str) -> None:
    fold_into(store_url, [a_message(a_request())])
    assert one_request(store_url) == {
        "id": "req_1",
        "created_at": "2025-11-24T15:59:59.000Z",
        "request_line": "POST /webhooks/custom/shop/points",
        "endpoint": "points",
        "definition_id": "def_1",
        "definition_revision": 2,
        "outcome": "accepted",
        "status_code": 200,
        "duration_ms": 3.2,
        "event_id": "evt_1",
        "customer": "c-1",
        "action": "point_add",
        "error": None,
        "reprocessed_request_id": None,
        "run_id": None,
        "request": {
            "method": "POST",
            "path": "/beta/webhooks/custom/shop/points",
            "query": "",
            "headers": [["Content-Type", "application/json"], ["X-Token", "••••"]],
            "body": '{"clientID":"c-1"}',
            "body_encoding": "utf-8",
            "truncated": False,
        },
        "response": {
            "headers": [["Content-Type", "application/json"]],
            "body": '{"status":"success","event_id":"evt_1"}',
            "body_encoding": "utf-8",
        },
    }


def test_a_sealed_body_and_a_sealed_query_are_dots(store_url: str) -> None:
    fold_into(store_url, [a_message(a_request(body=b"c2VhbGVk", body_sealed=True, query="abc", query_sealed=True))])
    found = one_request(store_url)
    assert (found["request"]["body"], found["request"]["query"]) == ("••••", "••••")
    assert "c2VhbGVk" not in repr(found)


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"outcome": "filtered"}, ["r2"]),
        ({"endpoint": "points"}, ["r2", "r1"]),
        ({"definition_id": "def_9"}, ["r3"]),
        ({"status_code": "403"}, ["r2"]),
        ({"customer": "c-3"}, ["r3"]),
        ({"action": "checkout"}, ["r3"]),
        ({"event_id": "evt_1"}, ["r1"]),
        ({"from": "2025-11-24T16:00:02Z"}, ["r3"]),
    ],
)
def test_filters_choose_requests(store_url: str, parameters: dict[str, str], found: list[str]) -> None:
    records = [
        a_request(id="r1", received_at=NOW),
        a_request(id="r2", received_at=NOW + 1000, outcome=Outcome.FILTERED, status_code=403, event_id=None),
        a_request(
            id="r3",
            received_at=NOW + 2000,
            endpoint="till",
            definition_id="def_9",
            customer="c-3",
            action="checkout",
            event_id="evt_3",
        ),
    ]
    fold_into(store_url, [a_message(record, offset=n) for n, record in enumerate(records)])
    assert requests(store_url, **parameters) == found


def test_an_outcome_that_there_is_not_is_refused(store_url: str) -> None:
    with pytest.raises(FieldInvalid, match="outcome"):
        requests(store_url, outcome="lost")


def test_an_event_from_outside_is_read_as_routing_reads_it(store_url: str) -> None:
    value = b'{"account":"shop","customer":"c-9","action":"checkout","data":{"total":12345678901234567890}}'
    fold_into(store_url, [a_message(value, topic=TOPICS.customer_events)])
    with Store(store_url).read() as connection:
        (event,) = events.page(connection, "shop", {}, customer="c-9")["items"]
        assert events.page(connection, "shop", {}, customer="c-8")["items"] == []
        assert events.one(connection, "shop", event["id"]) == event
        assert events.one(connection, "other", event["id"]) is None
    assert event == {
        "id": event["id"],
        "account": "shop",
        "customer": "c-9",
        "action": "checkout",
        "timestamp": "2025-11-24T16:00:00.000Z",
        "data": {"total": 12345678901234567890},
        "source": {"type": "topic", "request_id": None},
    }


def test_of_two_events_with_one_id_the_first_stays(store_url: str) -> None:
    first, second = an_event(data='{"points":1}'), an_event(data='{"points":2}', customer="c-2")
    fold_into(
        store_url,
        [a_message(second, partition=1, timestamp=NOW + 1)],
        [a_message(first, partition=2, timestamp=NOW)],
    )
    with Store(store_url).read() as connection:
        (event,) = events.page(connection, "shop", {})["items"]
    assert event["data"] == {"points": 1}


@pytest.mark.parametrize("rejected_first", [True, False])
def test_an_event_of_an_unknown_action_is_not_among_the_events(store_url: str, *, rejected_first: bool) -> None:
    event = a_message(an_event(action="dance"), partition=3, offset=4)
    rejected = a_message(a_rejected(partition=3, offset=4, reason=RejectedReason.UNKNOWN_ACTION, account="shop"))
    order = [[rejected], [event]] if rejected_first else [[event], [rejected]]
    fold_into(store_url, *order)
    assert events_of(store_url) == []
    fold_into(store_url, [a_message(an_event(id="evt_2"), partition=3, offset=5)])
    assert events_of(store_url) == ["evt_2"]


def test_an_event_that_kafka_refused_to_carry_on_is_still_an_event(store_url: str) -> None:
    fold_into(
        store_url,
        [a_message(an_event()), a_message(a_rejected(offset=0, reason=RejectedReason.REFUSED_BY_KAFKA))],
    )
    assert events_of(store_url) == ["evt_1"]


def test_events_of_one_timestamp_are_paged_without_loss(store_url: str) -> None:
    fold_into(store_url, [a_message(an_event(id=f"e{n}"), offset=n) for n in range(25)])
    with Store(store_url).read() as connection:
        first = events.page(connection, "shop", {"limit": "10"})
        second = events.page(connection, "shop", {"limit": "500", "cursor": first["next"]})
    assert [e["id"] for e in first["items"] + second["items"]] == [f"e{n}" for n in reversed(range(25))]
    assert second["next"] is None


def test_a_delivery_is_shown_with_its_attempts(store_url: str) -> None:
    fold_into(store_url, [a_message(a_delivery()), a_message(an_attempt())])
    with Store(store_url).read() as connection:
        delivery = deliveries.one(connection, "shop", "dlv_1", site_names={"site_1": "crm"})
        assert deliveries.one(connection, "other", "dlv_1") is None
    assert delivery is not None
    assert (delivery["id"], delivery["site_name"], delivery["content_type"]) == ("dlv_1", "crm", "application/json")
    assert [attempt["status"] for attempt in delivery["attempts"]] == ["done"]
