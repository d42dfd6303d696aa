"""Applying a configuration: one change, all or nothing, twice is once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.cli.configuration_file import read_file
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House

EXAMPLE = read_file(Path(__file__).parents[3] / "examples" / "use-cases.yaml").content
PATH = "/v1/shop/configuration"
SECRET = {"attribute": "headers.X-Pass", "operator": "equals", "value": "s3cret", "secret": True}


def changes_written(house: House) -> int:
    return len(house.log.records(house.topics.config))


def webhook(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "endpoint": "a", "action": "point_add"} | changes


def test_the_example_is_one_change_and_applying_it_again_writes_nothing(house: House) -> None:
    before = changes_written(house)
    done = house.made("PUT", PATH, EXAMPLE)
    assert [each["change"] for each in done["changes"]] == ["created"] * 7
    assert changes_written(house) == before + 1
    again = house.made("PUT", PATH, EXAMPLE)
    assert {each["change"] for each in again["changes"]} == {"unchanged"}
    assert changes_written(house) == before + 1


def test_what_is_exported_can_be_applied_to_another_account(house: House) -> None:
    house.made("PUT", PATH, EXAMPLE)
    exported = house.made("GET", PATH)
    assert exported["subscriptions"][0]["site"] == "receiver"
    assert {each["change"] for each in house.made("PUT", PATH, exported)["changes"]} == {"unchanged"}
    copied = exported | {"account": "copy"}
    done = house.made("PUT", "/v1/copy/configuration", copied)
    assert done["changes"][0] == {"kind": "account", "name": "copy", "change": "created"}
    assert house.made("GET", "/v1/copy/configuration") == copied


def test_only_the_operator_makes_an_account_by_applying(house: House) -> None:
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "k"})["key"]
    assert house.call("PUT", PATH, EXAMPLE, key=key).status == 200
    assert house.call("PUT", "/v1/new/configuration", {}, key=key).status == 404


def test_a_dry_run_says_what_would_be_and_writes_nothing(house: House) -> None:
    before = changes_written(house)
    done = house.made("PUT", f"{PATH}?dry_run=true", EXAMPLE)
    assert done["dry_run"] is True
    assert {each["change"] for each in done["changes"]} == {"created"}
    assert changes_written(house) == before
    assert house.made("GET", "/v1/shop/sites")["items"] == []


def test_one_wrong_thing_keeps_everything_from_being_made(house: House) -> None:
    before = changes_written(house)
    wrong = {
        "incoming_webhooks": [webhook(), webhook(name="b", action="nope"), webhook(name="a")],
        "sites": [{"name": "s", "url": "http://10.0.0.1/"}],
        "subscriptions": [{"name": "x", "site": "nowhere", "actions": ["*"]}],
        "nonsense": [],
    }
    answer = house.call("PUT", PATH, wrong)
    assert answer.status == 422
    assert sorted(answer.paths) == [
        "incoming_webhooks.1.action",
        "incoming_webhooks.2.name",
        "nonsense",
        "sites.0.url",
        "subscriptions.0.site",
    ]
    assert changes_written(house) == before


def test_what_the_fold_refuses_is_named_by_its_place(house: House) -> None:
    clash = {"incoming_webhooks": [webhook(state="active"), webhook(name="b", state="active")]}
    for query in ("", "?dry_run=true"):
        answer = house.call("PUT", PATH + query, clash)
        assert (answer.status, answer.paths) == (409, ["incoming_webhooks.1.endpoint"])
    assert house.made("GET", "/v1/shop/incoming-webhooks")["items"] == []


def test_the_state_of_what_exists_is_left_alone(house: House) -> None:
    house.made("PUT", PATH, {"incoming_webhooks": [webhook(state="active")]})
    (made,) = house.made("GET", "/v1/shop/incoming-webhooks")["items"]
    assert made["state"] == "active"
    house.made("POST", f"/v1/shop/incoming-webhooks/{made['id']}/deactivate")
    done = house.made("PUT", PATH, {"incoming_webhooks": [webhook(state="active", endpoint="b")]})
    assert done["changes"][0]["change"] == "updated"
    (changed,) = house.made("GET", "/v1/shop/incoming-webhooks")["items"]
    assert (changed["id"], changed["endpoint"], changed["state"]) == (made["id"], "b", "inactive")


def test_a_paused_subscription_stays_paused_unless_the_file_says_otherwise(house: House) -> None:
    site = {"name": "s", "url": "https://s.example/"}
    subscription = {"name": "x", "site": "s", "actions": ["*"]}
    house.made("PUT", PATH, {"sites": [site], "subscriptions": [subscription]})
    (made,) = house.made("GET", "/v1/shop/subscriptions")["items"]
    house.made("PUT", f"/v1/shop/subscriptions/{made['id']}", made | {"active": False})
    house.made("PUT", PATH, {"subscriptions": [subscription]})
    assert house.made("GET", "/v1/shop/subscriptions")["items"][0]["active"] is False
    house.made("PUT", PATH, {"subscriptions": [subscription | {"active": True}]})
    assert house.made("GET", "/v1/shop/subscriptions")["items"][0]["active"] is True


def test_secrets_are_compared_in_clear_and_masks_keep_them(house: House) -> None:
    content = {"incoming_webhooks": [webhook(filters=SECRET, state="active")]}
    house.made("PUT", PATH, content)
    assert house.made("PUT", PATH, content)["changes"][0]["change"] == "unchanged"
    exported = house.made("GET", PATH)
    assert exported["incoming_webhooks"][0]["filters"]["value"] == "••••"
    assert house.made("PUT", PATH, exported)["changes"][0]["change"] == "unchanged"
    exported["incoming_webhooks"][0]["on_filtered"] = "accept"
    assert house.made("PUT", PATH, exported)["changes"][0]["change"] == "updated"
    mapping = [{"from": "c", "to": "customer"}]
    exported["incoming_webhooks"][0]["mapping"] = mapping
    house.made("PUT", PATH, exported)
    assert house.post("a", {"c": "c-1"}, {"x-pass": "s3cret"}).status == 200
    assert house.requests[-1].outcome == "accepted"


def test_a_custom_action_may_be_used_in_the_same_file(house: House) -> None:
    content = {
        "custom_actions": [{"name": "stamp", "label": "Stamp"}],
        "incoming_webhooks": [webhook(action="stamp")],
        "sites": [{"name": "s", "url": "https://s.example/"}],
        "subscriptions": [{"name": "x", "site": "s", "actions": ["stamp"]}],
    }
    assert {each["change"] for each in house.made("PUT", PATH, content)["changes"]} == {"created"}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"account": "other"}, "account"),
        ({"sites": {"name": "s"}}, "sites"),
        ({"sites": ["s"]}, "sites.0"),
        ({"sites": [{"name": "s", "url": "https://s.example/", "state": "archived"}]}, "sites.0.state"),
        ({"incoming_webhooks": [{"name": "a"}]}, "incoming_webhooks.0.endpoint"),
        ({"incoming_webhooks": [webhook(filters={"attribute": "x"})]}, "incoming_webhooks.0.filters.operator"),
        ({"subscriptions": [{"name": "a", "actions": ["*"]}]}, "subscriptions.0.site_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_applied(house: House, content: dict[str, Any], path: str) -> None:
    answer = house.call("PUT", PATH, content)
    assert answer.status == 422
    assert path in answer.paths


def test_a_gateway_that_awaits_a_configuration_is_ready_once_it_is_applied(make_house: MakeHouse) -> None:
    house = make_house(await_apply=True)
    assert house.send("GET", "/readyz").status == 503
    house.made("PUT", f"{PATH}?dry_run=true", EXAMPLE)
    assert house.send("GET", "/readyz").json["applied"] is False
    house.made("PUT", PATH, EXAMPLE)
    assert house.send("GET", "/readyz").status == 200
