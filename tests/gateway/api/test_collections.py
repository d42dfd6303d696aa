"""Definitions over HTTP: made, read, changed, walked through their life-cycle; refused with the path that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.codec import encode
from schemas.records import Change, ChangeItem, EntityKind
from streams.edges.kafka import Message
from tests.gateway.house import House

SITE = {"name": "crm", "url": "https://crm.example/hooks"}
WEBHOOKS, SITES, SUBSCRIPTIONS = "/v1/shop/incoming-webhooks", "/v1/shop/sites", "/v1/shop/subscriptions"


def without_position(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if name != "position"}


def test_a_site_has_every_field_with_its_default(house: House) -> None:
    answer = house.call("POST", SITES, SITE)
    assert answer.status == 201
    made = answer.json
    assert without_position(made) == {
        "id": made["id"],
        "name": "crm",
        "url": "https://crm.example/hooks",
        "state": "inactive",
        "timeout_seconds": 1,
        "content_type": "json",
        "proxy": "direct",
        "parallel": 1,
        "ordering": "none",
        "retry_delays": ["10s"] * 5,
        "authentication": {"type": "none"},
        "revision": 1,
        "health": None,
    }
    assert house.made("GET", f"{SITES}/{made['id']}") == without_position(made)


def test_a_site_may_be_made_active_and_a_webhook_may_not(house: House) -> None:
    assert house.made("POST", SITES, SITE | {"state": "active"})["state"] == "active"
    made = house.webhook(active=False, state="active")
    assert made["state"] == "inactive"


@pytest.mark.parametrize("path", [WEBHOOKS, SITES, SUBSCRIPTIONS, "/v1/shop/custom-actions"])
def test_a_put_takes_what_a_get_gave(house: House, path: str) -> None:
    site = house.made("POST", SITES, SITE)
    bodies: dict[str, Any] = {
        WEBHOOKS: {"name": "a", "endpoint": "a", "action": "point_add"},
        SITES: SITE | {"name": "other"},
        SUBSCRIPTIONS: {"name": "a", "site_id": site["id"], "actions": ["*"]},
        "/v1/shop/custom-actions": {"name": "stamp", "label": "Stamp", "number_fields": ["stamps"]},
    }
    made = house.made("POST", path, bodies[path])
    got = house.made("GET", f"{path}/{made['id']}")
    put = house.made("PUT", f"{path}/{made['id']}", got)
    assert without_position(put) == got | {"revision": 2}
    assert house.made("PUT", f"{path}/{made['id']}", put)["revision"] == 3, "nor what a PUT answered"


def test_a_stale_revision_is_refused(house: House) -> None:
    made = house.made("POST", SITES, SITE)
    house.made("PUT", f"{SITES}/{made['id']}", made | {"parallel": 2})
    answer = house.call("PUT", f"{SITES}/{made['id']}", made | {"parallel": 3})
    assert answer.status == 409
    assert answer.json["type"] == "/docs#stale_revision"
    assert answer.paths == ["revision"]
    last = house.made("GET", f"{SITES}/{made['id']}/revisions")["items"][0]
    assert f"its revision 2 was saved at {last['at']} by {last['author']}; read it again" in answer.json["detail"]
    assert house.made("GET", f"{SITES}/{made['id']}")["parallel"] == 2


def test_an_update_without_a_revision_or_of_another_id_is_refused(house: House) -> None:
    made = house.made("POST", SITES, SITE)
    for change, path in (({"revision": None}, "revision"), ({"id": "site_x"}, "id"), ({"state": "active"}, "state")):
        answer = house.call("PUT", f"{SITES}/{made['id']}", made | change)
        assert (answer.status, answer.paths) == (422, [path])


def test_a_name_is_unique_among_what_is_not_archived(house: House) -> None:
    made = house.made("POST", SITES, SITE)
    answer = house.call("POST", SITES, SITE)
    assert (answer.status, answer.json["type"], answer.paths) == (409, "/docs#name_taken", ["name"])
    house.made("POST", f"{SITES}/{made['id']}/archive")
    assert house.call("POST", SITES, SITE).status == 201


def test_the_life_cycle_of_a_webhook(house: House) -> None:
    made = house.webhook(active=False)
    path = f"{WEBHOOKS}/{made['id']}"
    assert house.made("POST", f"{path}/activate")["state"] == "active"
    assert house.made("POST", f"{path}/activate")["revision"] == 2, "a second time changes nothing"
    refused = house.call("POST", f"{path}/archive")
    assert (refused.status, refused.json["type"]) == (409, "/docs#wrong_state")
    assert [each["id"] for each in house.made("GET", f"{WEBHOOKS}/active")["items"]] == [made["id"]]
    assert house.made("POST", f"{path}/deactivate")["state"] == "inactive"
    assert house.made("POST", f"{path}/archive")["state"] == "archived"
    assert house.call("POST", f"{path}/activate").status == 409
    archived = house.made("GET", path)
    assert house.call("PUT", path, archived).status == 409
    assert house.made("GET", f"{WEBHOOKS}/active")["items"] == []


def test_archiving_frees_the_endpoint(house: House) -> None:
    first = house.webhook()
    second = house.webhook(name="second", active=False)
    path = f"{WEBHOOKS}/{second['id']}/activate"
    clash = house.call("POST", path)
    assert (clash.status, clash.json["type"], clash.paths) == (409, "/docs#endpoint_taken", ["endpoint"])
    house.made("POST", f"{WEBHOOKS}/{first['id']}/deactivate")
    house.made("POST", f"{WEBHOOKS}/{first['id']}/archive")
    assert house.call("POST", path).status == 200


def test_every_revision_stays_readable(house: House) -> None:
    made = house.webhook()
    revisions = house.made("GET", f"{WEBHOOKS}/{made['id']}/revisions")["items"]
    assert [each["revision"] for each in revisions] == [2, 1]
    assert [each["definition"]["state"] for each in revisions] == ["active", "inactive"]
    assert {each["author"] for each in revisions} == {"operator"}
    assert all(each["at"].endswith("Z") for each in revisions)


def test_wrong_fields_are_all_named_with_clean_paths(house: House) -> None:
    criterion = {"attribute": "body.a", "operator": "nope"}
    answer = house.call(
        "POST",
        WEBHOOKS,
        {
            "name": "",
            "endpoint": "a b",
            "action": "point_add",
            "filters": {"all": [{"any": [criterion]}, {"attribute": "body.a", "operator": "matches", "value": "("}]},
            "mapping": [{"from": "a", "to": "elsewhere"}],
            "extra": 1,
        },
    )
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(answer.paths) == [
        "endpoint",
        "extra",
        "filters.all.0.any.0.operator",
        "filters.all.1",
        "mapping.0.to",
        "name",
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"filters": {"all": []}}, "filters.all"),
        (
            {"filters": {"all": [{"any": [{"attribute": "foo.x", "operator": "exists"}]}]}},
            "filters.all.0.any.0.attribute",
        ),
        ({"action": "birthday"}, "action"),
        ({"action": "no_such_action"}, "action"),
        ({"success_response": "{'ok':true}"}, "success_response"),
        ({"mapping": [{"from": "a", "to": "customer"}, {"from": "b", "to": "customer"}]}, "mapping"),
        ({"mapping": [{"to": "customer"}]}, "mapping.0"),
        ({"method": "GET"}, "method"),
    ],
)
def test_what_a_webhook_cannot_be(house: House, change: dict[str, Any], path: str) -> None:
    answer = house.call("POST", WEBHOOKS, {"name": "a", "endpoint": "a", "action": "point_add"} | change)
    assert (answer.status, answer.paths) == (422, [path])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"url": "ftp://a.example/"}, "url"),
        ({"url": "http://user:pw@a.example/"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"timeout_seconds": 61}, "timeout_seconds"),
        ({"timeout_seconds": "5"}, "timeout_seconds"),
        ({"retry_delays": ["10s", "11s"]}, "retry_delays.1"),
        ({"parallel": 0}, "parallel"),
        ({"state": "archived"}, "state"),
    ],
)
def test_what_a_site_cannot_be(house: House, change: dict[str, Any], path: str) -> None:
    answer = house.call("POST", SITES, SITE | change)
    assert (answer.status, answer.paths) == (422, [path])


def test_a_subscription_names_a_site_and_actions_that_there_are(house: House) -> None:
    site = house.made("POST", SITES, SITE)
    good = {"name": "a", "site_id": site["id"], "actions": ["point_add", "birthday"]}
    for change, path in (
        ({"site_id": "site_x"}, "site_id"),
        ({"actions": ["point_add", "no"]}, "actions.1"),
        ({"condition": {"attribute": "body.x", "operator": "exists"}}, "condition.attribute"),
        ({"path": "no-slash"}, "path"),
    ):
        answer = house.call("POST", SUBSCRIPTIONS, good | change)
        assert (answer.status, answer.paths) == (422, [path])
    made = house.made("POST", SUBSCRIPTIONS, good)
    assert made["active"] is True
    assert house.call("DELETE", f"{SUBSCRIPTIONS}/{made['id']}").status == 204
    assert house.call("GET", f"{SUBSCRIPTIONS}/{made['id']}").status == 404


def test_a_custom_action_can_be_used_and_is_kept_while_it_is(house: House) -> None:
    house.made("POST", "/v1/shop/custom-actions", {"name": "stamp", "label": "Stamp", "number_fields": ["stamps"]})
    made = house.webhook(action="stamp", mapping=[{"from": "c", "to": "customer"}, {"from": "s", "to": "data.stamps"}])
    assert house.post("points", {"c": "c-1", "s": "3"}).status == 200
    assert house.post("points", {"c": "c-1", "s": "three"}).status == 422
    used = house.call("DELETE", "/v1/shop/custom-actions/stamp")
    assert (used.status, used.json["type"]) == (409, "/docs#in_use")
    house.made("POST", f"{WEBHOOKS}/{made['id']}/deactivate")
    house.made("POST", f"{WEBHOOKS}/{made['id']}/archive")
    assert house.call("DELETE", "/v1/shop/custom-actions/stamp").status == 204
    assert house.call("POST", "/v1/shop/custom-actions", {"name": "point_add", "label": "x"}).status == 422


def test_a_mask_keeps_what_is_stored(house: House) -> None:
    criterion = {"attribute": "headers.X-Pass", "operator": "equals", "value": "first", "secret": True}
    made = house.webhook(filters={"all": [criterion]})
    assert house.post("points", {"customer": "c"}, {"x-pass": "first"}).status == 200
    kept = house.made("PUT", f"{WEBHOOKS}/{made['id']}", made | {"name": "renamed"})
    assert kept["filters"]["all"][0]["value"] == "••••"
    assert house.post("points", {"customer": "c"}, {"x-pass": "first"}).status == 200
    changed = kept | {"filters": {"all": [criterion | {"value": "second"}]}}
    house.made("PUT", f"{WEBHOOKS}/{made['id']}", changed)
    assert house.post("points", {"customer": "c"}, {"x-pass": "first"}).status == 403
    assert house.post("points", {"customer": "c"}, {"x-pass": "second"}).status == 200


def test_a_mask_where_nothing_is_stored_is_refused(house: House) -> None:
    criterion = {"attribute": "headers.X-Pass", "operator": "equals", "value": "••••", "secret": True}
    answer = house.call("POST", WEBHOOKS, {"name": "a", "endpoint": "a", "action": "point_add", "filters": criterion})
    assert (answer.status, answer.paths) == (422, ["filters.value"])


def test_of_two_gateways_the_one_whose_change_comes_first_wins(house: House) -> None:
    made = house.made("POST", SITES, SITE)
    body = json.dumps({name: value for name, value in made.items() if name not in ("id", "revision", "position")})
    item = ChangeItem(kind=EntityKind.SITE, id=made["id"], base_revision=1, body=body)
    change = Change(id="chg_of_another_gateway", account="shop", author="somebody", at=0, items=[item])
    house.log.rivals = [Message(house.topics.config, b"shop", encode(change), 0)]
    answer = house.call("PUT", f"{SITES}/{made['id']}", made | {"parallel": 2})
    assert (answer.status, answer.json["type"], answer.paths) == (409, "/docs#stale_revision", ["revision"])
    assert house.made("GET", f"{SITES}/{made['id']}")["revision"] == 2
    assert house.made("GET", f"{SITES}/{made['id']}")["parallel"] == 1


def test_an_account_that_another_gateway_has_just_made_is_there_already(house: House) -> None:
    body = json.dumps({"account": "new", "created_at": "2026-11-24T09:00:00.000Z"})
    item = ChangeItem(kind=EntityKind.ACCOUNT, id="new", base_revision=0, body=body)
    change = Change(id="chg_of_another_gateway", account="new", author="somebody", at=0, items=[item])
    house.log.rivals = [Message(house.topics.config, b"new", encode(change), 0)]
    answer = house.call("PUT", "/v1/accounts/new")
    assert (answer.status, answer.json["created_at"]) == (200, "2026-11-24T09:00:00.000Z")
