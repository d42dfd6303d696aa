"""A dry run tells the same story as `receive`, step by step, and shows nobody a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from schemas.definitions.secrets import MASK
from schemas.json_text import dump
from schemas.paths import write
from schemas.records import Outcome
from streams.core.configuration import Entity
from streams.core.definitions import receiving_of
from streams.core.explaining import explain, explain_filter
from streams.core.filtering import Subject
from streams.core.mapping import map_body
from streams.core.receiving import Arrived, receive
from streams.core.veil import Veil
from tests.streams.core.drawing import DEFINITIONS, MAPPINGS, REQUESTS, TREES, VALUES, VIEW, arrived, entity


def test_an_accepted_request_is_told_step_by_step() -> None:
    definition = entity(
        filters={"all": [{"attribute": "body.points", "operator": "exists"}]},
        mapping=[
            {"from": "clientID", "to": "customer"},
            {"from": "points", "to": "data.points"},
            {"from": "kind", "to": "data.kind", "replace": [{"value": "A", "with": "gold"}]},
            {"from": "reason", "to": "data.reason", "default": "till"},
        ],
    )
    explanation = explain(VIEW, definition, arrived({"clientID": "c-1", "points": "325", "kind": "A"}))
    row = {"replaced": False, "defaulted": False, "error": None}
    assert explanation == {
        "outcome": "accepted",
        "filters": {
            "passed": True,
            "all": [{"attribute": "body.points", "operator": "exists", "read": "325", "passed": True}],
        },
        "mapping": [
            {**row, "to": "customer", "read": "c-1", "value": "c-1"},
            {**row, "to": "data.points", "read": "325", "value": "325"},
            {**row, "to": "data.kind", "read": "A", "value": "gold", "replaced": True},
            {**row, "to": "data.reason", "read": None, "value": "till", "defaulted": True},
        ],
        "event": {
            "id": explanation["event"]["id"],
            "account": "shop",
            "customer": "c-1",
            "action": "point_add",
            "timestamp": "2025-11-24T16:00:00.000Z",
            "data": {"points": 325, "kind": "gold", "reason": "till"},
            "source": {"type": "incoming_webhook", "request_id": "req_1"},
        },
        "answer": {"status": 200, "body": {"status": "success", "event_id": explanation["event"]["id"]}},
        "error": None,
    }


def test_every_criterion_is_told_also_those_after_the_one_that_decided() -> None:
    first = {"attribute": "body.kind", "operator": "equals", "value": "A"}
    second = {"any": [{"attribute": "headers.X-Till", "operator": "in", "value": ["1", "2"]}]}
    explanation = explain(VIEW, entity(filters={"all": [first, second]}), arrived({"kind": "B"}, [["x_till", "2"]]))
    assert explanation["filters"] == {
        "passed": False,
        "all": [
            {"attribute": "body.kind", "operator": "equals", "read": "B", "passed": False},
            {
                "passed": True,
                "any": [{"attribute": "headers.X-Till", "operator": "in", "read": "2", "passed": True}],
            },
        ],
    }
    assert explanation["outcome"] == "filtered"
    assert explanation["error"] == {
        "code": "filters_not_passed",
        "path": "filters.all.0",
        "message": "body.kind equals: its value is another one",
    }
    assert [row["to"] for row in explanation["mapping"]] == ["customer", "data.points"]
    assert (explanation["event"], explanation["answer"]["status"]) == (None, 403)


def test_no_filters_are_an_empty_group_that_passes() -> None:
    assert explain(VIEW, entity(), arrived({}))["filters"] == {"passed": True, "all": []}


@pytest.mark.parametrize(
    ("body", "to", "message"),
    [
        ({"clientID": "c", "points": "many"}, "data.points", "must be a number"),
        ({"points": 1}, "customer", "is missing"),
        ({"clientID": 7}, "customer", "must be a text"),
    ],
)
def test_what_is_wrong_with_a_value_stands_at_its_mapping(body: Any, to: str, message: str) -> None:
    explanation = explain(VIEW, entity(error_response={"sorry": True}), arrived(body))
    assert explanation["answer"] == {"status": 422, "body": {"sorry": True}}
    assert [row["to"] for row in explanation["mapping"] if row["error"]] == [to]
    assert all(message in row["error"] for row in explanation["mapping"] if row["error"])
    assert explanation["error"]["path"] == to


def test_a_body_that_cannot_be_read_has_no_filters_to_tell() -> None:
    explanation = explain(VIEW, entity(), arrived(b"{'single': 1}"))
    assert (explanation["outcome"], explanation["filters"], explanation["mapping"]) == ("malformed", None, [])
    assert explanation["answer"]["status"] == 400
    assert "line 1" in explanation["error"]["message"]


def test_what_was_read_is_cut_where_it_is_long() -> None:
    filters = {"attribute": "body.text", "operator": "exists"}
    explanation = explain(VIEW, entity(filters=filters), arrived({"text": "x" * 5000}))
    assert explanation["filters"]["read"] == "x" * 1000 + "…"


def test_values_that_are_larger_than_any_event_are_left_out() -> None:
    mapping = [{"from": "big", "to": f"data.f{number}"} for number in range(100)]
    explanation = explain(VIEW, entity(mapping=mapping), arrived({"big": "x" * 1_000_000}))
    assert explanation["outcome"] == "invalid"
    assert len(dump(explanation)) < 5_000_000


SECRET = "s3cret-t0ken"


@pytest.mark.parametrize(
    ("attribute", "request_"),
    [
        ("headers.X-Shop-Token", arrived({"clientID": "c"}, [["x_shop_token", SECRET]])),
        ("query.token", arrived({"clientID": "c"}, query=f"token={SECRET}")),
        ("body.auth.token", arrived({"clientID": "c", "auth": {"token": SECRET}})),
        ("body.auth.0", arrived({"clientID": "c", "auth": [SECRET]})),
        ("body.auth.0.token", arrived({"clientID": "c", "auth": [{"token": SECRET}]})),
    ],
)
def test_what_a_secret_criterion_reads_is_shown_nowhere(attribute: str, request_: Arrived) -> None:
    others = [
        "headers.x-shop-token",
        "query.token",
        "body.auth",
        "body.auth.token",
        "body.auth.00",
        "body.auth.00.token",
    ]
    secret = {"attribute": attribute, "operator": "equals", "value": SECRET, "secret": True}
    filters = {"any": [{"attribute": other, "operator": "exists"} for other in others] + [secret]}
    mapping = [
        {"from": "clientID", "to": "customer"},
        {"from": "auth", "to": "data.whole"},
        {"from": "auth.token", "to": "id"},
        {"from": "body.auth.0", "to": "data.first"},
        {"from": "auth.0.token", "to": "data.token", "replace": [{"value": "x", "with": "y"}]},
    ]
    explanation = explain(VIEW, entity(filters=filters, mapping=mapping), request_)
    assert explanation["filters"]["any"][-1] == {
        "attribute": attribute,
        "operator": "equals",
        "read": MASK,
        "passed": True,
    }
    assert explanation["outcome"] == "accepted"
    assert SECRET not in dump(explanation)
    assert explanation["event"]["customer"] == "c"


def test_what_is_missing_is_told_also_where_it_would_be_secret() -> None:
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    assert explain(VIEW, entity(filters=filters), arrived({}))["filters"]["read"] is None


def test_what_the_caller_conceals_is_hidden_without_a_secret_criterion() -> None:
    filters = {"attribute": "headers.Authorization", "operator": "exists"}
    request = arrived({"clientID": "c", "points": 5}, [["authorization", SECRET]])
    explanation = explain(VIEW, entity(filters=filters), request, concealed=["headers.authorization", "body"])
    assert explanation["filters"]["read"] == MASK
    assert [row["value"] for row in explanation["mapping"]] == [MASK, MASK]
    assert explanation["event"]["data"] == {"points": MASK}
    assert SECRET not in dump(explanation)


@given(DEFINITIONS, REQUESTS)
def test_the_explanation_and_the_verdict_agree_on_every_request(definition: Entity, request: Arrived) -> None:
    verdict = receive(VIEW, [receiving_of(definition, definition.body or {})], request, definition.offset)
    explanation = explain(VIEW, definition, request)
    assert explanation["outcome"] == verdict.outcome.value
    assert explanation["answer"] == {"status": verdict.status, "body": json.loads(verdict.answer)}
    assert (explanation["error"] is None) == (verdict.outcome is Outcome.ACCEPTED)
    assert (explanation["filters"] is None) == (verdict.outcome is Outcome.MALFORMED)
    if explanation["filters"] is not None:
        assert explanation["filters"]["passed"] == (verdict.outcome is not Outcome.FILTERED)
    assert (explanation["event"] is None) == (verdict.event is None)
    if verdict.event is not None:
        event = {name: explanation["event"][name] for name in ("id", "account", "customer", "action")}
        assert event == {name: getattr(verdict.event, name) for name in event}
        assert dump(explanation["event"]["data"]) == dump(json.loads(verdict.event.data))
    dump(explanation)


@given(MAPPINGS, VALUES)
def test_the_values_of_the_rows_are_what_the_mapping_gives(mapping: list[dict[str, Any]], body: Any) -> None:
    rows = explain(VIEW, entity(mapping=mapping), arrived(body))["mapping"]
    payload: dict[str, Any] = {"data": {}}
    for row, item in zip(rows, mapping, strict=True):
        if row["value"] is not None or row["read"] is not None or row["defaulted"]:
            write(payload, item["to"], row["value"])
    assert dump(payload) == dump(map_body(mapping, json.loads(json.dumps(body))))


@given(TREES, VALUES)
def test_a_part_of_a_tree_is_told_as_if_it_stood_alone(tree: dict[str, Any], body: Any) -> None:
    def walk(node: dict[str, Any], told: dict[str, Any]) -> None:
        assert told == explain_filter(node, arrived(body).subject(body), Veil(()))
        for word in ("all", "any"):
            for member, shown in zip(node.get(word, ()), told.get(word, ()), strict=True):
                walk(member, shown)

    walk(tree, explain_filter(tree, arrived(body).subject(body), Veil(())))


def test_the_condition_of_a_subscription_is_told_in_the_same_way() -> None:
    node = {"attribute": "data.points", "operator": "greater_than", "value": 100}
    told = explain_filter(node, Subject({"customer": "c", "action": "point_add", "data": {"points": 325}}), Veil(()))
    assert told == {"attribute": "data.points", "operator": "greater_than", "read": "325", "passed": True}
