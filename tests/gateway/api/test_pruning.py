"""Applying with `prune` and `state`: what is not named goes, what is named takes the state that is given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.house import House

PATH = "/v1/shop/configuration"
SITE = {"name": "crm", "url": "https://crm.example/", "state": "active"}
OTHER = {"name": "old", "url": "https://old.example/", "state": "active"}


def webhook(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "endpoint": name, "action": "point_add", "state": "active"} | changes


WHOLE: dict[str, Any] = {
    "custom_actions": [{"name": "stamp", "label": "Stamp"}, {"name": "punch", "label": "Punch"}],
    "incoming_webhooks": [webhook("points"), webhook("stamps", action="stamp")],
    "sites": [SITE, OTHER],
    "subscriptions": [
        {"name": "all", "site": "crm", "actions": ["*"]},
        {"name": "old stamps", "site": "old", "actions": ["stamp"]},
    ],
}
LESS: dict[str, Any] = {
    "custom_actions": [{"name": "punch", "label": "Punch"}],
    "incoming_webhooks": [webhook("points")],
    "sites": [SITE],
    "subscriptions": [{"name": "all", "site": "crm", "actions": ["*"]}],
}
GONE = {
    ("subscriptions", "old stamps", "removed"),
    ("sites", "old", "archived"),
    ("incoming_webhooks", "stamps", "archived"),
    ("custom_actions", "stamp", "removed"),
}


def changed(done: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(c["kind"], c["name"], c["change"]) for c in done["changes"] if c["change"] != "unchanged"}


def states(house: House, path: str) -> dict[str, str]:
    return {each["name"]: each["state"] for each in house.made("GET", f"/v1/shop/{path}")["items"]}


def test_what_is_not_named_goes_in_one_change(house: House) -> None:
    house.made("PUT", PATH, WHOLE)
    before = len(house.log.records(house.topics.config))
    assert changed(house.made("PUT", f"{PATH}?prune=true&dry_run=true", LESS)) == GONE
    assert len(house.log.records(house.topics.config)) == before
    assert changed(house.made("PUT", f"{PATH}?prune=true", LESS)) == GONE
    assert len(house.log.records(house.topics.config)) == before + 1
    assert states(house, "sites") == {"crm": "active", "old": "archived"}
    assert states(house, "incoming-webhooks") == {"points": "active", "stamps": "archived"}
    assert [each["name"] for each in house.made("GET", "/v1/shop/subscriptions")["items"]] == ["all"]
    assert [each["name"] for each in house.made("GET", "/v1/shop/custom-actions")["items"]] == ["punch"]
    assert changed(house.made("PUT", f"{PATH}?prune=true", LESS)) == set()


def test_what_was_active_is_made_inactive_before_it_is_archived(house: House) -> None:
    house.made("PUT", PATH, WHOLE)
    (old,) = [each for each in house.made("GET", "/v1/shop/sites")["items"] if each["name"] == "old"]
    house.made("PUT", f"{PATH}?prune=true", LESS)
    revisions = house.made("GET", f"/v1/shop/sites/{old['id']}/revisions")["items"]
    assert [each["definition"]["state"] for each in revisions] == ["archived", "inactive", "active"]


def test_without_prune_nothing_goes(house: House) -> None:
    house.made("PUT", PATH, WHOLE)
    assert changed(house.made("PUT", PATH, LESS)) == set()


def test_what_goes_makes_room_for_what_comes(house: House) -> None:
    house.made("PUT", PATH, {"incoming_webhooks": [webhook("a", endpoint="points")]})
    done = house.made("PUT", f"{PATH}?prune=true", {"incoming_webhooks": [webhook("b", endpoint="points")]})
    assert changed(done) == {("incoming_webhooks", "a", "archived"), ("incoming_webhooks", "b", "created")}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({**LESS, "subscriptions": [{"name": "all", "site": "old", "actions": ["*"]}]}, "subscriptions.0.site"),
        ({**LESS, "incoming_webhooks": [webhook("stamps", action="stamp")]}, "incoming_webhooks.0.action"),
    ],
)
def test_what_the_file_still_needs_cannot_go(house: House, content: dict[str, Any], path: str) -> None:
    house.made("PUT", PATH, WHOLE)
    answer = house.call("PUT", f"{PATH}?prune=true", content)
    assert (answer.status, answer.paths) == (422, [path])
    assert states(house, "sites")["old"] == "active"


def test_given_states_hold_for_what_exists_only_when_asked_for(house: House) -> None:
    house.made("PUT", PATH, WHOLE)
    off = {"incoming_webhooks": [webhook("points", state="inactive")], "sites": [{**SITE, "state": "inactive"}]}
    assert changed(house.made("PUT", PATH, off)) == set()
    done = house.made("PUT", f"{PATH}?state=true", off)
    assert changed(done) == {("incoming_webhooks", "points", "updated"), ("sites", "crm", "updated")}
    assert states(house, "sites")["crm"] == "inactive"
    without = {"sites": [{"name": "crm", "url": "https://crm.example/"}]}
    assert changed(house.made("PUT", f"{PATH}?state=true", without)) == set()


def test_a_state_cannot_archive(house: House) -> None:
    house.made("PUT", PATH, WHOLE)
    answer = house.call("PUT", f"{PATH}?state=true", {"sites": [{**SITE, "state": "archived"}]})
    assert (answer.status, answer.paths) == (422, ["sites.0.state"])
