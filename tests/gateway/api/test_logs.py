"""What the store shows over HTTP: pages with filters, single rows whole, secrets as dots, and how old it is."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, TypeAdapter

from gateway.api import log_queries, log_shapes
from projections.queries import events, incoming_log, queue, webhook_log
from projections.queries.lists import Listing, common
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_delivery, a_message, an_attempt

LISTS = ("webhook-log", "incoming-log", "events", "queue", "customers/c-1/events")


@pytest.mark.parametrize(
    ("query", "listing"),
    [
        (log_queries.AttemptQuery, webhook_log.LISTING),
        (log_queries.RequestQuery, incoming_log.LISTING),
        (log_queries.EventQuery, events.LISTING),
        (log_queries.QueueQuery, queue.LISTING),
    ],
)
def test_the_documented_filters_are_those_that_there_are(query: type[BaseModel], listing: Listing) -> None:
    documented = {field.alias or name for name, field in query.model_fields.items()}
    assert documented == {*listing.filters, *common(listing), "after"}


@pytest.mark.parametrize("name", LISTS)
def test_without_a_store_a_list_is_503_and_ready_says_so(house: House, name: str) -> None:
    answer = house.call("GET", f"/v1/shop/{name}")
    assert (answer.status, answer.json["type"]) == (503, "/docs#unavailable")
    ready = house.call("GET", "/readyz")
    assert (ready.status, ready.json["ready"], ready.json["store"]["available"]) == (200, True, False)


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_has_its_shape(house: House, name: str) -> None:
    fold(house)
    assert house.made("GET", f"/v1/shop/{name}") == {"items": [], "next": None, "as_of": None, "stale": False}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["nonsense=1", "limit=0", "from=yesterday", "cursor=x", "after=x", "count=maybe"])
def test_a_parameter_or_value_that_there_is_not_is_400(house: House, name: str, query: str) -> None:
    fold(house)
    answer = house.call("GET", f"/v1/shop/{name}?{query}")
    assert (answer.status, answer.json["type"]) == (400, "/docs#unknown_parameter")
    assert answer.paths == [query.partition("=")[0]]


def test_the_incoming_log_shows_requests_without_their_secrets(house: House) -> None:
    house.webhook()
    house.post("points", {"customer": "c-1", "points": 5}, {"x-token": "s3cret"})
    house.post("points", {"points": 5})
    fold(house)
    rows = house.made("GET", "/v1/shop/incoming-log")["items"]
    assert sorted(row["outcome"] for row in rows) == ["accepted", "invalid"]
    TypeAdapter(list[log_shapes.RequestRow]).validate_python(rows)
    (accepted,) = house.made("GET", "/v1/shop/incoming-log?outcome=accepted")["items"]
    whole = house.call("GET", f"/v1/shop/incoming-log/{accepted['id']}")
    assert b"s3cret" not in whole.body
    log_shapes.RequestWhole.model_validate(whole.json)
    assert ["x-token", "••••"] in whole.json["request"]["headers"]
    assert whole.json["request"]["body"] == '{"customer": "c-1", "points": 5}'
    assert house.call("GET", "/v1/shop/incoming-log/req_nothing").status == 404


def test_the_webhook_log_queue_and_delivery_have_their_shapes(house: House) -> None:
    fold(house, a_message(a_delivery()), a_message(an_attempt()))
    (row,) = house.made("GET", "/v1/shop/webhook-log?status=done&response_code=2xx")["items"]
    log_shapes.AttemptRow.model_validate(row)
    whole = house.made("GET", f"/v1/shop/webhook-log/{row['id']}")
    log_shapes.AttemptWhole.model_validate(whole)
    assert whole["request"]["body"] == '{"id":"evt_1"}'
    delivery = house.made("GET", f"/v1/shop/deliveries/{row['delivery_id']}")
    log_shapes.DeliveryShown.model_validate(delivery)
    assert [each["id"] for each in delivery["attempts"]] == [row["id"]]
    house.made("PUT", "/v1/accounts/other")
    for path in (f"webhook-log/{row['id']}", f"deliveries/{row['delivery_id']}"):
        assert house.call("GET", f"/v1/other/{path}").status == 404


def test_what_waits_is_in_the_queue(house: House) -> None:
    fold(house, a_message(a_delivery()))
    (row,) = house.made("GET", "/v1/shop/queue")["items"]
    log_shapes.QueueRow.model_validate(row)


def test_events_of_a_customer_whose_name_has_a_slash(house: House) -> None:
    house.made("POST", "/v1/shop/events", {"customer": "a/b c", "action": "birthday"})
    fold(house)
    (event,) = house.made("GET", "/v1/shop/customers/a%2Fb%20c/events")["items"]
    log_shapes.EventRow.model_validate(event)
    assert event["customer"] == "a/b c"
    assert house.made("GET", f"/v1/shop/events/{event['id']}") == event


def test_a_list_waits_for_what_was_just_written(house: House) -> None:
    position = house.made("POST", "/v1/shop/events", {"customer": "c", "action": "birthday"})["position"]
    fold(house)
    page = house.made("GET", f"/v1/shop/events?after={position}")
    assert (len(page["items"]), page["stale"]) == (1, False)
    later = house.made("POST", "/v1/shop/events", {"customer": "c", "action": "birthday"})["position"]
    assert house.made("GET", f"/v1/shop/events?after={later}")["stale"] is True


def test_every_list_of_the_store_takes_the_position_of_a_change(house: House) -> None:
    fold(house)
    position = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})["position"]
    for name in (*LISTS, "rejected", "activity", "resends", "customers/c-1/timeline", "changes"):
        assert house.made("GET", f"/v1/shop/{name}?after={position}")["stale"] is False
