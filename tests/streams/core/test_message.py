"""The message: its body bytes and its path are the same on every attempt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import FieldInvalid
from schemas.times import iso
from streams.core.message import json_body, rendered_path
from tests.streams.shop import an_event


def test_the_body_as_it_goes_out() -> None:
    event = an_event(customer="Zoë", data='{"points":12345678901234567890,"price":12.50}')
    assert json_body(event) == (
        b'{"id":"evt_1","account":"shop","customer":"Zo\xc3\xab","action":"point_add",'
        b'"timestamp":"2025-11-24T16:00:00.000Z","data":{"points":12345678901234567890,"price":12.50}}'
    )


@given(st.text(max_size=20).filter(bool), st.dictionaries(st.text(max_size=5), st.integers() | st.text()))
def test_the_body_is_json_whatever_the_texts(customer: str, data: dict[str, Any]) -> None:
    read = json.loads(json_body(an_event(customer=customer, data=json.dumps(data))))
    assert (read["customer"], read["data"]) == (customer, data)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_764_000_000_007, "2025-11-24T16:00:00.007Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_times_are_iso_with_milliseconds(milliseconds: int, text: str) -> None:
    assert iso(milliseconds) == text


@given(st.integers(0, 253_402_300_799_999))
def test_a_time_keeps_its_milliseconds(milliseconds: int) -> None:
    assert iso(milliseconds).endswith(f".{milliseconds % 1000:03d}Z")
    assert len(iso(milliseconds)) == 24


@pytest.mark.parametrize(
    ("path", "rendered"),
    [
        (None, ""),
        ("", ""),
        ("/fixed", "/fixed"),
        ("/customers/{customer}", "/customers/c-1"),
        ("/{account}/{action}/{id}", "/shop/point_add/evt_1"),
        ("/{data.points}", "/325"),
        ("/{data.nested.0}/x", "/a%2Fb/x"),
        ("/{data.flag}", "/true"),
        ("/{customer}-{data.points}", "/c-1-325"),
    ],
)
def test_a_path_is_rendered(path: str | None, rendered: str) -> None:
    event = an_event(data='{"points":325,"nested":["a/b"],"flag":true}')
    assert rendered_path(path, event) == rendered


@pytest.mark.parametrize(
    ("customer", "encoded"),
    [("a b", "a%20b"), ("ä", "%C3%A4"), ("a?b#c", "a%3Fb%23c"), ("../x", "..%2Fx"), ("%2e", "%252e")],
)
def test_values_are_percent_encoded(customer: str, encoded: str) -> None:
    assert rendered_path("/{customer}", an_event(customer=customer)) == f"/{encoded}"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/{data.missing}", "{}"),
        ("/{data.null}", '{"null":null}'),
        ("/{data.empty}", '{"empty":""}'),
        ("/{data.dots}", '{"dots":".."}'),
        ("/{data.dot}/x", '{"dot":"."}'),
        ("/{data.dot}{data.dot}", '{"dot":"."}'),
        ("/.{data.dot}", '{"dot":"."}'),
        ("/{data.a}.", '{"a":"."}'),
    ],
)
def test_a_segment_that_would_be_empty_or_dots_is_an_error_of_the_delivery(path: str, data: str) -> None:
    with pytest.raises(FieldInvalid):
        rendered_path(path, an_event(data=data))
