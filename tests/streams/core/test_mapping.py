"""Mapping: read, replace, default, in this order; paths are exact."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import FieldInvalid
from streams.core.mapping import map_body

BODY: dict[str, Any] = {
    "clientID": "c-1",
    "points": 325,
    "zero": 0,
    "no": False,
    "null": None,
    "empty": "",
    "kind": "A",
    "kinds": ["A", "B", "C", ["A"]],
    "code": 7.0,
    "items": [{"sku": 1}, {"sku": 2}],
    "nested": {"deep": {"value": "x"}},
    "body.literal": 1,
    "$id": "dollar",
}


def field(body: Any = BODY, **item: Any) -> Any:
    item = {"from" if name == "from_" else name: value for name, value in item.items()}
    return map_body([{"to": "data.x", **item}], body)["data"].get("x", "nothing")


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ({"from_": "points"}, 325),
        ({"from_": "body.points"}, 325),
        ({"from_": "body.literal"}, 1),
        ({"from_": "nested.deep"}, {"value": "x"}),
        ({"from_": "items"}, [{"sku": 1}, {"sku": 2}]),
        ({"from_": "items.1.sku"}, 2),
        ({"from_": "$id"}, "dollar"),
        ({"from_": "clientid"}, "nothing"),
        ({"from_": "ClientID"}, "nothing"),
        ({"from_": "client_id"}, "nothing"),
        ({"from_": "null"}, None),
        ({"from_": "zero", "default": 9}, 0),
        ({"from_": "no", "default": 9}, False),
        ({"from_": "null", "default": 9}, 9),
        ({"from_": "empty", "default": 9}, 9),
        ({"from_": "missing", "default": 9}, 9),
        ({"default": "till"}, "till"),
        ({"default": {"a": [1]}}, {"a": [1]}),
    ],
)
def test_reading_and_defaults(item: dict[str, Any], value: Any) -> None:
    assert field(**item) == value


PAIRS = [{"value": "A", "with": "gold"}, {"value": "A", "with": "second"}, {"value": "B", "with": None}]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ({"from_": "kind", "replace": PAIRS}, "gold"),
        ({"from_": "kinds", "replace": PAIRS}, ["gold", None, "C", ["gold"]]),
        ({"from_": "clientID", "replace": PAIRS}, "c-1"),
        ({"from_": "code", "replace": [{"value": "7", "with": "seven"}]}, "seven"),
        ({"from_": "no", "replace": [{"value": "false", "with": "no"}]}, "no"),
        ({"from_": "zero", "replace": [{"value": 0, "with": ""}], "default": "was empty"}, "was empty"),
        ({"from_": "missing", "replace": [{"value": "", "with": "x"}]}, "nothing"),
        ({"from_": "empty", "replace": [{"value": "", "with": "blank"}], "default": 9}, "blank"),
        ({"from_": "null", "replace": [{"value": "null", "with": "none"}]}, "none"),
        ({"from_": "missing", "default": "A", "replace": PAIRS}, "A"),
    ],
)
def test_replacing_comes_before_the_default(item: dict[str, Any], value: Any) -> None:
    assert field(**item) == value


def test_targets_are_the_fields_of_the_event() -> None:
    mapping = [
        {"from": "clientID", "to": "customer"},
        {"default": "shop", "to": "account"},
        {"from": "kind", "to": "id"},
        {"from": "points", "to": "timestamp"},
        {"from": "points", "to": "data.a.b"},
        {"from": "kind", "to": "data.a.c"},
    ]
    assert map_body(mapping, BODY) == {
        "customer": "c-1",
        "account": "shop",
        "id": "A",
        "timestamp": 325,
        "data": {"a": {"b": 325, "c": "A"}},
    }


def test_without_any_data_mapping_data_is_an_empty_object() -> None:
    assert map_body([{"from": "clientID", "to": "customer"}], BODY) == {"customer": "c-1", "data": {}}


@pytest.mark.parametrize("body", [None, [], "text", 7, True, {}])
def test_any_body_can_be_mapped(body: Any) -> None:
    assert map_body([{"from": "a.b", "to": "customer"}], body) == {"data": {}}


def test_two_fields_in_one_place_name_the_second() -> None:
    with pytest.raises(FieldInvalid) as caught:
        map_body([{"default": 1, "to": "data.a"}, {"default": 2, "to": "data.a.b"}], {})
    assert caught.value.path == "mapping.1.to"


def test_the_body_is_never_changed() -> None:
    body = {"a": {"b": 1}}
    map_body([{"from": "a", "to": "data.a"}, {"default": 2, "to": "data.c"}], body)
    assert body == {"a": {"b": 1}}
