"""Dry runs: what a definition, saved or not, would make of requests; nothing is written, nothing sealed is shown."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.gateway.folded import fold
from tests.gateway.house import Answer, House

BASE = "/v1/shop/incoming-webhooks"
SECRET = "t0ken-of-the-till"
DEFINITION: dict[str, Any] = {
    "name": "draft",
    "endpoint": "points",
    "action": "point_add",
    "mapping": [{"from": "customer", "to": "customer"}, {"from": "points", "to": "data.points"}],
}
SAMPLE = {"body": '{"customer": "c-1", "points": "12.50"}'}


def unsaved(house: House, definition: dict[str, Any] | None = None, **tried: Any) -> Answer:
    return house.call("POST", f"{BASE}/dry-run", {"definition": definition or DEFINITION, **tried})


def saved(house: House, made: dict[str, Any], **tried: Any) -> Any:
    return house.made("POST", f"{BASE}/{made['id']}/dry-run", tried)


def test_an_unsaved_definition_is_tried_on_a_sample(house: House) -> None:
    told = unsaved(house, request=SAMPLE).json
    assert (told["outcome"], told["answer"]["status"]) == ("accepted", 200)
    assert told["event"]["data"] == {"points": 12.5}
    assert told["mapping"][1]["read"] == "12.50"
    assert house.requests == []


def test_a_saved_definition_is_tried_as_it_is_and_as_it_is_to_become(house: House) -> None:
    made = house.webhook(active=False, filters={"attribute": "body.points", "operator": "greater_than", "value": 20})
    assert saved(house, made, request=SAMPLE)["outcome"] == "filtered"
    filters = {"attribute": "body.points", "operator": "less_than", "value": 20}
    told = saved(house, made, request=SAMPLE, definition=made | {"filters": filters})
    assert told["outcome"] == "accepted"
    assert house.made("GET", f"{BASE}/{made['id']}")["revision"] == 1


def test_a_kept_secret_is_compared_and_not_shown(house: House) -> None:
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(active=False, filters=filters)
    sample = SAMPLE | {"headers": [["X-Token", SECRET]]}
    told = saved(house, made, request=sample, definition=made)
    assert (told["outcome"], told["filters"]["read"]) == ("accepted", "••••")
    assert SECRET not in json.dumps(told)


def test_a_logged_request_is_tried_with_what_is_sealed_in_it(house: House) -> None:
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(filters=filters)
    assert house.post("points", {"customer": "c-1"}, {"X-Token": SECRET}).status == 200
    fold(house)
    told = saved(house, made, request_id=house.requests[0].id)
    assert told["outcome"] == "accepted"
    reading = {"attribute": "headers.X-Token", "operator": "starts_with", "value": "t"}
    open_criterion = saved(house, made, request_id=house.requests[0].id, definition=made | {"filters": reading})
    assert open_criterion["filters"]["read"] == "••••"


def test_a_key_that_only_reads_may_not_try(house: House) -> None:
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "reader", "scope": "read"})["key"]
    body = {"definition": DEFINITION, "request": SAMPLE}
    assert house.call("POST", f"{BASE}/dry-run", body, key=key).status == 403


def test_an_unsigned_sample_is_unverified_and_all_the_rest_is_told(house: House) -> None:
    told = unsaved(house, DEFINITION | {"verification": {"type": "github", "secrets": ["s"]}}, request=SAMPLE).json
    assert (told["outcome"], told["answer"]["status"], told["event"]) == ("unverified", 401, None)
    assert told["mapping"][0]["value"] == "c-1"


@pytest.mark.parametrize(
    ("tried", "path"),
    [
        ({"definition": DEFINITION | {"endpoint": "a b"}, "request": SAMPLE}, "definition.endpoint"),
        ({"definition": DEFINITION | {"action": "birthday"}, "request": SAMPLE}, "definition.action"),
        ({"definition": DEFINITION}, ""),
        ({"definition": DEFINITION, "request": SAMPLE, "last": 5}, ""),
        ({"definition": DEFINITION, "last": 100_001}, "last"),
        ({"definition": DEFINITION, "last": 0}, "last"),
        ({"definition": DEFINITION, "request_id": "req_none"}, "request_id"),
        ({"definition": DEFINITION, "request": {"headers": [["one"]]}}, "request.headers"),
        ({"definition": DEFINITION, "request": {"body": "!", "body_encoding": "base64"}}, "request"),
        ({"request": SAMPLE}, "definition"),
    ],
)
def test_what_cannot_be_tried_is_named(house: House, tried: dict[str, Any], path: str) -> None:
    house.post("points", {})
    fold(house)
    answer = house.call("POST", f"{BASE}/dry-run", tried)
    assert (answer.status, answer.paths) == (422, [path])


def test_history_says_how_many_would_pass_and_which_would_differ(house: House) -> None:
    made = house.webhook(filters={"attribute": "body.points", "operator": "greater_than", "value": 5})
    for points in range(10):
        house.post("points", {"customer": f"c-{points}", "points": points})
    fold(house)
    same = saved(house, made, last=100)
    assert (same["checked"], same["passed_before"], same["passed_after"], same["changed_count"]) == (10, 4, 4, 0)

    filters = {"attribute": "body.points", "operator": "greater_than", "value": 7}
    stricter = saved(house, made, last=100, definition=made | {"filters": filters})
    assert (stricter["passed_before"], stricter["passed_after"]) == (4, 2)
    assert [each["before"]["event"]["customer"] for each in stricter["changed"]] == ["c-7", "c-6"]
    assert [each["after"]["outcome"] for each in stricter["changed"]] == ["filtered", "filtered"]

    mapping = [{"from": "customer", "to": "customer"}, {"to": "data.points", "default": 1}]
    other = saved(house, made, last=3, definition=made | {"mapping": mapping})
    assert (other["checked"], other["changed_count"]) == (3, 3)
    assert other["changed"][0]["before"]["event"]["data"] == {"points": 9}
    assert other["changed"][0]["after"]["event"]["data"] == {"points": 1}


def test_history_compares_with_the_revision_of_then(house: House) -> None:
    made = house.webhook()
    house.post("points", {"customer": "c-1", "points": 3})
    mapping = [{"from": "customer", "to": "customer"}]
    changed = house.made("PUT", f"{BASE}/{made['id']}", made | {"mapping": mapping})
    fold(house)
    found = saved(house, changed, last=10)
    assert found["changed"][0]["before"]["event"]["data"] == {"points": 3}
    assert found["changed"][0]["after"]["event"]["data"] == {}


def test_history_passes_over_what_the_log_has_not_whole(house: House) -> None:
    made = house.webhook()
    house.post("points", b"{" * 100_000)
    house.post("points", {"customer": "c-1"})
    fold(house)
    found = saved(house, made, last=10)
    assert (found["checked"], found["skipped"]) == (1, 1)


def test_history_shows_nothing_that_is_sealed(house: House) -> None:
    filters = {"attribute": "body.pass", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(filters=filters)
    assert house.post("points", {"customer": "c-1", "pass": SECRET}).status == 200
    fold(house)
    mapping = [{"from": "customer", "to": "customer"}, {"from": "pass", "to": "data.pass"}]
    found = saved(house, made, last=10, definition=made | {"mapping": mapping})
    assert found["changed_count"] == 1
    assert SECRET not in json.dumps(found)


def test_a_revision_shows_what_it_changed_secrets_as_dots(house: House) -> None:
    made = house.webhook(verification={"type": "hmac", "header": "X-Seal", "secrets": [SECRET]})
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    path = f"{BASE}/{made['id']}"
    changed = house.made("PUT", path, made | {"filters": filters, "success_response": {"ok": True}})
    diff = house.made("GET", f"{path}/revisions/{changed['revision']}/diff")
    assert (diff["revision"], diff["from_revision"], diff["author"]) == (3, 2, "operator")
    items = {each["path"]: (each["before"], each["after"]) for each in diff["items"]}
    assert items["success_response.ok"] == (None, True)
    assert items["filters.value"] == (None, "••••")
    assert not any(path.startswith("verification") for path in items)
    first = house.made("GET", f"{path}/revisions/3/diff?from=1")
    assert {"path": "state", "before": "inactive", "after": "active"} in first["items"]
    assert house.call("GET", f"{path}/revisions/9/diff").status == 404
    assert house.call("GET", f"{path}/revisions/x/diff").status == 404


def test_a_secret_that_has_ended_verifies_nobody_in_a_dry_run(house: House) -> None:
    made = house.webhook(verification={"type": "github", "secrets": ["the older secret"]})
    body = json.dumps({"customer": "c-1"})
    seal = "sha256=" + hmac.new(b"the older secret", body.encode(), hashlib.sha256).hexdigest()
    sample = {"headers": [["X-Hub-Signature-256", seal]], "body": body}
    assert saved(house, made, request=sample)["outcome"] == "accepted"
    house.made("POST", f"{BASE}/{made['id']}/secrets", {"overlap": "0s"})
    assert saved(house, made, request=sample)["outcome"] == "unverified"


def test_applying_verification_and_deduplication_twice_changes_nothing(house: House) -> None:
    verification = {"type": "stripe", "secrets": ["whsec_of_stripe"]}
    applied = DEFINITION | {"verification": verification, "deduplicate": {"attribute": "body.id", "window": "60m"}}
    changes = [
        house.made("PUT", "/v1/shop/configuration", {"incoming_webhooks": [applied]})["changes"][0]["change"]
        for _ in range(2)
    ]
    assert changes == ["created", "unchanged"]
    exported = house.made("GET", "/v1/shop/configuration")
    assert exported["incoming_webhooks"][0]["deduplicate"]["window"] == "1h"
    assert house.made("PUT", "/v1/shop/configuration", exported)["changes"][0]["change"] == "unchanged"
