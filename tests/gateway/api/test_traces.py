"""Traces over HTTP: from the request to the last attempt by any id, and why a subscription or definition said no."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import trace_shapes
from schemas.records import AttemptStatus, SourceType
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_delivery, a_message, an_attempt, an_event


def subscribe(house: House, name: str, site: str, **changes: Any) -> str:
    definition = {"name": name, "site_id": site, "actions": ["*"], **changes}
    return str(house.made("POST", "/v1/shop/subscriptions", definition)["id"])


@pytest.fixture
def site(house: House) -> str:
    return str(house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})["id"])


def happened(house: House, site: str, subscription: str) -> tuple[str, str]:
    """A request that became an event, and a delivery of it that failed once and waits."""
    house.webhook()
    event_id = house.post("points", {"customer": "c-1", "points": 5}).json["event_id"]
    (request,) = house.requests
    event = an_event(id=event_id, request_id=request.id, customer="c-1")
    ids = {"event_id": event_id, "subscription_id": subscription, "site_id": site}
    delivery = a_delivery(**ids, lane=f"{site}/0", config_offset=house.log.configuration.offset)
    attempt = an_attempt(**ids, status=AttemptStatus.RESENT, response_code=503, next_attempt_at=1_764_000_010_000)
    fold(house, a_message(event), a_message(delivery), a_message(attempt))
    return request.id, event_id


def test_a_trace_is_found_by_any_of_its_ids(house: House, site: str) -> None:
    request_id, event_id = happened(house, site, subscribe(house, "points", site))
    found = [
        house.made("GET", f"/v1/shop/events/{each}/trace") for each in (request_id, event_id, "dlv_1", "dlv_1.0.1")
    ]
    assert all(each == found[0] for each in found)
    trace = trace_shapes.TraceShown.model_validate(found[0])
    assert trace.request is not None
    assert trace.event is not None
    assert (trace.request.id, trace.event.id) == (request_id, event_id)
    assert [(row.attempt, row.status) for row in trace.deliveries[0].attempts] == [(1, "resent"), (2, "queued")]
    assert [(each.attempt_id, each.due) for each in trace.timers] == [("dlv_1.0.2", "2025-11-24T16:00:10.000Z")]
    house.made("PUT", "/v1/accounts/other")
    for each in (request_id, event_id, "dlv_1", "dlv_1.0.1", "nothing"):
        assert house.call("GET", f"/v1/other/events/{each}/trace").status == 404


def test_every_subscription_says_what_it_made_of_the_event(house: House, site: str) -> None:
    gone = house.made("POST", "/v1/shop/sites", {"name": "old", "url": "https://old.example/"})["id"]
    matching = subscribe(house, "points", site)
    subscribe(house, "welcome", site, actions=["opt_in"])
    condition = {"all": [{"attribute": "data.points", "operator": "greater_than", "value": 1000}]}
    subscribe(house, "big ones", site, condition=condition)
    subscribe(house, "off", site, active=False)
    house.made("POST", f"/v1/shop/sites/{gone}/archive") if subscribe(house, "lost", gone) else None
    _, event_id = happened(house, site, matching)
    subscribe(house, "later", site)
    trace = house.made("GET", f"/v1/shop/events/{event_id}/trace")
    told = {each["subscription_name"]: each for each in trace["decisions"]}
    assert {name: each["outcome"] for name, each in told.items()} == {
        "points": "matched",
        "welcome": "action",
        "big ones": "condition",
        "off": "inactive",
        "lost": "no_site",
    }
    assert told["big ones"]["criterion"] == {
        "path": "condition.all.0",
        "attribute": "data.points",
        "operator": "greater_than",
    }
    assert told["big ones"]["read"] == "325"


def test_an_event_without_deliveries_is_told_by_what_held_when_it_was_written(house: House, site: str) -> None:
    subscribe(house, "welcome", site, actions=["opt_in"])
    fold(house, a_message(an_event(source=SourceType.API, request_id=None), timestamp=4_000_000_000_000))
    trace = house.made("GET", "/v1/shop/events/evt_1/trace")
    assert (trace["request"], trace["deliveries"]) == (None, [])
    assert [each["outcome"] for each in trace["decisions"]] == ["action"]
    fold(house, a_message(an_event(id="evt_2"), offset=1, timestamp=1))
    assert house.made("GET", "/v1/shop/events/evt_2/trace")["decisions"] == []


def test_a_filtered_request_names_each_definition_and_the_criterion_that_decided(house: House) -> None:
    for name, field in (("first", "a"), ("second", "b")):
        criteria = [
            {"attribute": f"body.{field}", "operator": "exists"},
            {"attribute": "headers.X-Token", "operator": "equals", "value": "s3cret", "secret": True},
        ]
        house.webhook(name=name, filters={"all": criteria})
    house.post("points", {"b": 1, "customer": "c-1"}, {"x-token": "wrong-one"})
    fold(house)
    (row,) = house.made("GET", "/v1/shop/incoming-log")["items"]
    answer = house.call("GET", f"/v1/shop/incoming-log/{row['id']}")
    assert b"wrong-one" not in answer.body
    tried = trace_shapes.RequestTold.model_validate(answer.json).tried
    assert [(each.definition_name, each.outcome, each.read) for each in tried] == [
        ("first", "filtered", None),
        ("second", "filtered", "••••"),
    ]
    trace = house.made("GET", f"/v1/shop/events/{row['id']}/trace")
    assert (trace["event"], trace["decisions"], len(trace["tried"])) == (None, [], 2)
