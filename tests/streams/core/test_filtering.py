"""Filters: every operator over every kind of value, groups, and an answer for any input."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.definitions import IncomingWebhook
from schemas.definitions.filters import Operator
from streams.core import filtering
from streams.core.filtering import Subject, compile_filter

MISSING = object()


def passes(operator: str, read: Any, value: Any = None) -> bool:
    body = {} if read is MISSING else {"x": read}
    compiled = compile_filter({"attribute": "body.x", "operator": operator, "value": value})
    return compiled.failure(Subject({"body": body})) is None


@pytest.mark.parametrize(
    ("read", "present", "empty"),
    [
        (MISSING, False, True),
        (None, False, True),
        ("", True, True),
        ([], True, True),
        ({}, True, True),
        (0, True, False),
        (False, True, False),
        (" ", True, False),
        ([None], True, False),
    ],
)
def test_presence_and_emptiness(read: Any, present: bool, empty: bool) -> None:  # noqa: FBT001 - columns
    assert passes("exists", read) is present
    assert passes("does_not_exist", read) is not present
    assert passes("is_empty", read) is empty
    assert passes("is_not_empty", read) is not empty


@pytest.mark.parametrize(
    ("read", "value", "same"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("a", "a ", False),
        (7, "7", True),
        ("7", 7, True),
        (7.0, 7, True),
        ("7.0", 7, False),
        (True, "true", True),
        ("true", True, True),
        (1, True, False),
        ([1, 2.0], "[1,2]", True),
        ({"a": 1}, '{"a":1}', True),
        (12345678901234567890, "12345678901234567890", True),
        (MISSING, "null", False),
        (None, "null", False),
        ("", "", True),
    ],
)
def test_equality_is_of_the_text_form(read: Any, value: Any, same: bool) -> None:  # noqa: FBT001 - a column
    assert passes("equals", read, value) is same
    assert passes("does_not_equal", read, value) is not same
    assert passes("in", read, ["other", value]) is same
    assert passes("not_in", read, ["other", value]) is not same


@pytest.mark.parametrize(
    ("read", "value", "holding"),
    [
        (7, 5, "greater_than greater_or_equal"),
        ("7", "5", "greater_than greater_or_equal"),
        ("10", 9, "greater_than greater_or_equal"),
        (5, 5.0, "greater_or_equal less_or_equal"),
        (-1, 0, "less_than less_or_equal"),
        ("1e3", 1000, "greater_or_equal less_or_equal"),
        (2**60 + 1, 2**60, "greater_than greater_or_equal"),
        (MISSING, 5, ""),
        (None, 5, ""),
        ("", 5, ""),
        ("seven", 5, ""),
        (" 7", 5, ""),
        (True, 0, ""),
        ([7], 5, ""),
        ({}, 5, ""),
    ],
)
def test_relations_hold_between_numbers_only(read: Any, value: Any, holding: str) -> None:
    operators = ("greater_than", "greater_or_equal", "less_than", "less_or_equal")
    assert " ".join(operator for operator in operators if passes(operator, read, value)) == holding


@pytest.mark.parametrize(
    ("read", "value", "contained"),
    [
        ("a cat", "cat", True),
        ("a cat", "Cat", False),
        ("", "x", False),
        (["cat", "dog"], "cat", True),
        (["cats"], "cat", False),
        ([1, 2.0], "2", True),
        ([None], "null", True),
        ([], "x", False),
        (77, "7", False),
        ({"cat": 1}, "cat", False),
        (MISSING, "x", False),
        (None, "x", False),
    ],
)
def test_containing_is_of_texts_and_arrays(read: Any, value: Any, contained: bool) -> None:  # noqa: FBT001 - a column
    assert passes("contains", read, value) is contained
    assert passes("does_not_contain", read, value) is not contained


@pytest.mark.parametrize(
    ("operator", "read", "value", "expected"),
    [
        ("starts_with", "order-1", "order", True),
        ("starts_with", "Order-1", "order", False),
        ("starts_with", 12, "1", False),
        ("starts_with", ["order"], "order", False),
        ("starts_with", MISSING, "", False),
        ("ends_with", "order-1", "-1", True),
        ("ends_with", None, "", False),
        ("matches", "order-17", r"^order-\d+$", True),
        ("matches", "an order-17", r"order-\d+", True),
        ("matches", "order-x", r"order-\d+$", False),
        ("matches", 17, r"\d+", False),
        ("matches", MISSING, ".*", False),
        ("matches", "a" * 100_000 + "!", "(a+)+$", False),
    ],
)
def test_text_operators(operator: str, read: Any, value: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert passes(operator, read, value) is expected


ROOTS: dict[str, Any] = {
    "headers": {"x-shop-token": "t", "accept": "a, b"},
    "query": {"till": "7", "a.b": "dotted"},
    "method": "POST",
    "path": "/beta/x",
    "body": {"a": {"b": [{"c": 1}]}, "a.b": 2},
}


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ("headers.X-Shop-Token", "t"),
        ("headers.x_shop_token", "t"),
        ("headers.ACCEPT", "a, b"),
        ("query.till", "7"),
        ("query.a.b", "dotted"),
        ("method", "POST"),
        ("path", "/beta/x"),
        ("body.a.b", "2"),
        ("body.a.b.0.c", "1"),
    ],
)
def test_every_root_is_read(attribute: str, text: str) -> None:
    compiled = compile_filter({"attribute": attribute, "operator": "equals", "value": text})
    assert compiled.failure(Subject(ROOTS)) is None


@pytest.mark.parametrize(
    "attribute", ["headers.x-other", "query.Till", "body.A", "nothing", "nothing.at.all", "customer"]
)
def test_what_is_not_there_is_missing(attribute: str) -> None:
    compiled = compile_filter({"attribute": attribute, "operator": "does_not_exist"})
    assert compiled.failure(Subject(ROOTS)) is None


YES = {"attribute": "method", "operator": "equals", "value": "POST"}
NO = {"attribute": "method", "operator": "equals", "value": "PUT"}
NO_TOO = {"attribute": "body.z", "operator": "exists"}


@pytest.mark.parametrize(
    ("node", "failed"),
    [
        (None, None),
        (YES, None),
        (NO, "filters"),
        ({"all": [YES, YES]}, None),
        ({"all": [YES, NO, NO_TOO]}, "filters.all.1"),
        ({"any": [NO, YES]}, None),
        ({"any": [NO, NO_TOO]}, "filters.any.0"),
        ({"all": [YES, {"any": [NO, {"all": [YES, NO_TOO]}]}]}, "filters.all.1.any.0"),
        ({"any": [{"all": [YES, NO]}, {"all": [YES, YES]}]}, None),
    ],
)
def test_groups_and_the_criterion_that_decided(node: Any, failed: str | None) -> None:
    failure = compile_filter(node).failure(Subject(ROOTS))
    assert (failure and failure.path) == failed


def test_a_failure_says_whether_there_was_a_value_and_never_which() -> None:
    failure = compile_filter(NO).failure(Subject(ROOTS))
    assert failure is not None
    assert (failure.attribute, failure.operator, failure.found) == ("method", "equals", True)
    assert "POST" not in repr(failure)
    missing = compile_filter(NO_TOO).failure(Subject(ROOTS))
    assert missing is not None
    assert missing.found is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx"), inner, max_size=3),
    max_leaves=8,
)
SCALAR = st.text(max_size=5) | st.integers() | st.booleans()
VALUES = {
    Operator.IN: st.lists(SCALAR, min_size=1, max_size=3),
    Operator.NOT_IN: st.lists(SCALAR, min_size=1, max_size=3),
    Operator.STARTS_WITH: st.text(max_size=5),
    Operator.ENDS_WITH: st.text(max_size=5),
    Operator.MATCHES: st.sampled_from(["", ".*", "^a+$", "(a|b)*", r"\d"]),
}
CRITERIA = st.sampled_from(list(Operator)).flatmap(
    lambda operator: st.fixed_dictionaries(
        {
            "attribute": st.sampled_from(["body", "body.x", "body.x.a", "body.0", "headers.x", "query.x", "method"]),
            "operator": st.just(operator.value),
            "value": VALUES.get(operator, SCALAR),
        }
    )
)
TREES = st.recursive(
    CRITERIA,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(lambda m: st.sampled_from([{"all": m}, {"any": m}])),
    max_leaves=6,
)


@given(TREES, JSON)
def test_any_tree_over_any_body_gives_an_answer(tree: dict[str, Any], body: Any) -> None:
    subject = Subject({"headers": {"x": "1"}, "query": {}, "method": "POST", "path": "/", "body": body})
    compile_filter(tree).failure(subject)


OPPOSITES = [
    ("exists", "does_not_exist"),
    ("is_empty", "is_not_empty"),
    ("equals", "does_not_equal"),
    ("contains", "does_not_contain"),
    ("in", "not_in"),
]


@given(st.sampled_from(OPPOSITES), st.just(MISSING) | JSON, SCALAR)
def test_of_two_opposites_exactly_one_passes(pair: tuple[str, str], read: Any, value: Any) -> None:
    wanted = [value] if pair[0] == "in" else value
    assert passes(pair[0], read, wanted) is not passes(pair[1], read, wanted)


def test_patterns_cannot_keep_anybody_busy() -> None:
    tree = {"any": [{"attribute": "body.t", "operator": "matches", "value": f"a[ab]{{{n}}}c"} for n in (990, 960, 970)]}
    with pytest.raises(ValidationError, match="instructions; at most 2,000"):
        IncomingWebhook.model_validate({"name": "x", "endpoint": "x", "action": "point_add", "filters": tree})
    filters = compile_filter({"attribute": "body.t", "operator": "matches", "value": "^a"})
    assert filters.failure(Subject({"body": {"t": "a" * filtering.MAX_MATCHED}})) is None
    assert filters.failure(Subject({"body": {"t": "a" * (filtering.MAX_MATCHED + 1)}})) is not None
