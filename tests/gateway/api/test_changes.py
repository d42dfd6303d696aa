"""Who changed what over HTTP, and what people asked for besides."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from gateway.api import activity as shapes
from gateway.api.changes import ChangeShown
from projections.queries import activity
from projections.queries.lists import common
from schemas.records import CommandKind
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_command, a_message, an_operation

BASIC = {"type": "basic", "username": "u", "password": "first-secret"}
SITE = {"name": "crm", "url": "https://crm.example/hooks", "authentication": BASIC}


@pytest.fixture
def changed(house: House) -> House:
    site = house.made("POST", "/v1/shop/sites", SITE)
    password = {**BASIC, "password": "second-secret"}
    house.made("PUT", f"/v1/shop/sites/{site['id']}", {**site, "timeout_seconds": 5, "authentication": password})
    sub = house.made("POST", "/v1/shop/subscriptions", {"name": "all", "site_id": site["id"], "actions": ["*"]})
    house.call("DELETE", f"/v1/shop/subscriptions/{sub['id']}")
    house.made("POST", "/v1/accounts/shop/keys", {"name": "till"})
    return house


def test_each_change_says_who_when_and_what(changed: House) -> None:
    answer = changed.call("GET", "/v1/shop/changes")
    changes = TypeAdapter(list[ChangeShown]).validate_python(answer.json["items"])
    assert [(each.items[0].kind, each.items[0].name, each.items[0].change) for each in changes] == [
        ("key", "till", "created"),
        ("subscription", "all", "deleted"),
        ("subscription", "all", "created"),
        ("site", "crm", "updated"),
        ("site", "crm", "created"),
        ("account", None, "created"),
    ]
    assert {each.author for each in changes} == {"operator"}
    diff = {each.path: (each.before, each.after) for each in changes[3].items[0].diff}
    assert diff == {"timeout_seconds": (1.0, 5.0), "authentication.password": ("••••", "••••")}
    assert b"secret" not in answer.body
    assert b"hash" not in answer.body


def test_an_apply_is_one_change_of_many_things(house: House) -> None:
    things = {"sites": [{"name": "a", "url": "https://a.example/"}, {"name": "b", "url": "https://b.example/"}]}
    position = house.made("PUT", "/v1/shop/configuration", things)["position"]
    newest = house.made("GET", f"/v1/shop/changes?after={position}&limit=1")["items"][0]
    assert (newest["position"], [item["name"] for item in newest["items"]]) == (position, ["a", "b"])


def test_changes_are_filtered_and_paged(changed: House) -> None:
    whole = changed.made("GET", "/v1/shop/changes")["items"]
    found, cursor = list[object](), ""
    for _ in whole:
        page = changed.made("GET", f"/v1/shop/changes?limit=1{cursor}")
        found += page["items"]
        cursor = f"&cursor={page['next']}"
    assert (found, page["next"]) == (whole, None)
    assert len(changed.made("GET", "/v1/shop/changes?kind=site&author=operator")["items"]) == 2
    site = whole[3]["items"][0]["id"]
    assert len(changed.made("GET", f"/v1/shop/changes?id={site}")["items"]) == 2
    assert changed.made("GET", "/v1/shop/changes?to=2020-01-01")["items"] == []


def test_another_account_sees_none_of_them(changed: House) -> None:
    changed.made("PUT", "/v1/accounts/other")
    assert len(changed.made("GET", "/v1/other/changes")["items"]) == 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("nonsense=1", "nonsense"),
        ("kind=x", "kind"),
        ("limit=0", "limit"),
        ("limit=10000", "limit"),
        ("cursor=x", "cursor"),
        ("from=x", "from"),
        ("from=2026-01-02&to=2026-01-01", "to"),
    ],
)
def test_what_the_lists_do_not_take_is_400(house: House, query: str, name: str) -> None:
    fold(house)
    for path in ("changes", "activity"):
        answer = house.call("GET", f"/v1/shop/{path}?{query}")
        assert (answer.status, answer.paths) == (400, [name])


def test_what_people_asked_for_is_told(house: House) -> None:
    fold(
        house,
        a_message(a_command()),
        a_message(a_command("cmd_2", kind=CommandKind.CANCEL), offset=1),
        a_message(a_command("cmd_3", resend_id="rsd_1"), offset=2),
        a_message(an_operation()),
    )
    items = house.made("GET", "/v1/shop/activity")["items"]
    rows = TypeAdapter(list[shapes.ActivityRow]).validate_python(items)
    told = {(row.id, row.author, row.kind, row.what, row.state) for row in rows}
    assert told == {
        ("cmd_1", "ann", "command", "resend", None),
        ("cmd_2", "ann", "command", "cancel", None),
        ("rsd_1", "ann", "job", "resend", "running"),
    }
    assert [row["id"] for row in house.made("GET", "/v1/shop/activity?kind=job")["items"]] == ["rsd_1"]


def test_the_documented_filters_are_those_that_there_are() -> None:
    names = {field.alias or name for name, field in shapes.ActivityQuery.model_fields.items()}
    assert names == {*activity.LISTING.filters, *common(activity.LISTING), "after"}
