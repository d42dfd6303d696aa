"""Every list of the OpenAPI document refuses what it does not take: 400, and the parameter's name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.gateway.folded import fold
from tests.gateway.house import House

WRONG = {
    "limit": ("0", "10000", "-1", "x", "1e2"),
    "cursor": ("x", "%00", "AAAA"),
    "after": ("x", "events:1"),
    "from": ("yesterday", "2026-13-01"),
    "to": ("yesterday",),
    "count": ("maybe",),
}
PATHS = {"account": "shop", "customer": "c-1"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    one = House(tmp_path_factory.mktemp("house"))
    one.start()
    one.made("PUT", "/v1/accounts/shop")
    fold(one)
    yield one
    one.stop()


def lists(house: House) -> dict[str, list[str]]:
    """The parameters of every GET that has a `limit` and needs nothing that must exist."""
    document = house.send("GET", "/openapi.json").json
    found = {}
    for path, methods in document["paths"].items():
        names = [each["name"] for each in methods.get("get", {}).get("parameters", ()) if each["in"] == "query"]
        if "limit" in names and set(re.findall(r"{(\w+)}", path)) <= PATHS.keys():
            found[path.format(**PATHS)] = names
    return found


def test_each_list_names_the_parameter_that_is_wrong(house: House) -> None:
    found = lists(house)
    assert {"/v1/shop/webhook-log", "/v1/shop/sites", "/v1/rejected", "/v1/shop/changes"} <= found.keys()
    for path, names in found.items():
        wrong = [("nonsense", "1"), *((name, value) for name in names for value in WRONG.get(name, ()))]
        for name, value in wrong:
            answer = house.call("GET", f"{path}?{name}={value}")
            assert (answer.status, answer.json["type"]) == (400, "/docs#unknown_parameter"), (path, name, value)
            assert answer.paths == [name], (path, name, value)


def test_reversed_times_are_refused_by_each(house: House) -> None:
    asked = 0
    for path, names in lists(house).items():
        if {"from", "to"} <= set(names):
            answer = house.call("GET", f"{path}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
            assert (answer.status, answer.paths) == (400, ["to"]), path
            asked += 1
    assert asked >= 8
