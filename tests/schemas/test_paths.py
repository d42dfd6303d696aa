"""Paths into JSON: exact, the longest literal key first, and total."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paths import MISSING, is_empty, path_problem, read, write

BODY: dict[str, Any] = {
    "a": {"b": {"c": 1}, "b.c": 2, "": 9},
    "a.b": {"c": 3, "d": 4},
    "items": [{"price": 10}, {"price": 20}, None],
    "$ref": {"$": "dollar"},
    "null": None,
    "zero": 0,
    "Name": "x",
    "0": "zero key",
    "x": {"1": "text key", "y.z": [1, 2]},
    "p": {"q": 1},
    "p.q": {"s": 2},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.c", 3),
        ("a.b.d", 4),
        ("a.b", {"c": 3, "d": 4}),
        ("items.0.price", 10),
        ("items.1", {"price": 20}),
        ("items.2", None),
        ("$ref.$", "dollar"),
        ("null", None),
        ("zero", 0),
        ("0", "zero key"),
        ("x.1", "text key"),
        ("x.y.z.1", 2),
        ("p.q.s", 2),
    ],
)
def test_a_path_is_read(path: str, value: Any) -> None:
    assert read(BODY, path) == value


@pytest.mark.parametrize(
    "path",
    [
        "name",
        "NAME",
        "items.3",
        "items.-1",
        "items.x",
        "items.²",
        "items.0.price.x",
        "null.x",
        "zero.x",
        "Name.0",
        "b",
        "items.99999999999999999999",
        "p.q.t",
        "items.0.",
        "items.0_0",
        "items.00.price",
    ],
)
def test_what_leads_nowhere_is_missing(path: str) -> None:
    assert read(BODY, path) is MISSING


@pytest.mark.parametrize("body", [None, 7, "text", True, [], {}])
def test_any_value_can_be_read_from(body: Any) -> None:
    assert read(body, "a.b") is MISSING


def test_when_the_longest_key_leads_nowhere_a_shorter_one_is_tried() -> None:
    assert read({"a.b": {"x": 1}, "a": {"b": {"c": 2}}}, "a.b.c") == 2


def test_a_null_on_a_longer_key_counts_as_found() -> None:
    assert read({"a.b": None, "a": {"b": 1}}, "a.b") is None


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        (MISSING, True),
        (None, True),
        ("", True),
        ([], True),
        ({}, True),
        (0, False),
        (False, False),
        (" ", False),
        ([None], False),
    ],
)
def test_emptiness(value: Any, empty: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_empty(value) is empty


def test_writing_makes_the_objects_on_the_way() -> None:
    target: dict[str, Any] = {}
    write(target, "data.a.b", 1)
    write(target, "data.a.c", 2)
    assert target == {"data": {"a": {"b": 1, "c": 2}}}


def test_writing_through_a_value_is_refused() -> None:
    target: dict[str, Any] = {"data": {"a": 1}}
    with pytest.raises(ValueError, match="not an object"):
        write(target, "data.a.b", 2)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "1 to 512"),
        ("x" * 513, "1 to 512"),
        (".a", "empty part"),
        ("a.", "empty part"),
        ("a..b", "empty part"),
        ("a." * 64 + "a", "64 parts"),
    ],
)
def test_a_wrong_path_is_told_why(path: str, said: str) -> None:
    problem = path_problem(path)
    assert problem is not None
    assert said in problem


@pytest.mark.parametrize("path", ["a", "a.b", "$", "a b", "Ünï.0", "a." * 63 + "a"])
def test_a_good_path_has_no_problem(path: str) -> None:
    assert path_problem(path) is None


def test_a_hostile_body_cannot_make_reading_slow() -> None:
    """A path of one part 64 times, and a body of a megabyte whose keys are all its prefixes."""

    def tree(parts_left: int, budget: list[int]) -> dict[str, Any]:
        node: dict[str, Any] = {}
        for length in range(min(parts_left - 1, 12), 0, -1):
            if budget[0] <= 0:
                break
            budget[0] -= 1
            node[".".join(["a"] * length)] = tree(parts_left - length, budget)
        return node

    body = tree(64, [110_000])
    assert len(json.dumps(body)) > 1_000_000
    begun = time.process_time()
    assert read(body, ".".join(["a"] * 64)) is MISSING
    assert time.process_time() - begun < 5


@given(
    st.text(max_size=30), st.recursive(st.none() | st.integers(), lambda x: st.dictionaries(st.text(), x), max_leaves=5)
)
def test_reading_never_fails(path: str, body: Any) -> None:
    read(body, path)
