"""URL-encoded messages are what PHP writes.

`php_forms.json` holds what PHP 8.2 printed for `http_build_query(json_decode($text, true))` with its default settings:
cases made by hand, and random ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import FieldInvalid
from streams.core.form_encoding import form_encoded
from streams.core.message import json_body
from tests.streams.shop import an_event

PHP: list[list[str]] = json.loads((Path(__file__).parent / "php_forms.json").read_text())
LONGEST = 1024 * 1024
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("number", range(len(PHP)))
def test_a_form_is_byte_for_byte_what_php_prints(number: int) -> None:
    text, form = PHP[number]
    assert form_encoded(text, LONGEST) == form.encode()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"data":{"points":325}}', "data%5Bpoints%5D=325"),
        (
            '{"data":{"items":[{"sku":"a b"},{"sku":"c"}]}}',
            "data%5Bitems%5D%5B0%5D%5Bsku%5D=a+b&data%5Bitems%5D%5B1%5D%5Bsku%5D=c",
        ),
        ('{"yes":true,"no":false,"nothing":null}', "yes=1&no=0"),
        ('{"list":[1,null,3],"empty":[],"object":{}}', "list%5B0%5D=1&list%5B2%5D=3"),
        ('{"b":1,"a":2}', "b=1&a=2"),
        ('{"text":"\u00fc \u20ac+~*-._"}', "text=%C3%BC+%E2%82%AC%2B%7E%2A-._"),
        ('{"a":12.50,"b":3.0,"c":0.1,"d":-0.0}', "a=12.5&b=3&c=0.1&d=-0"),
        ('{"a":0.30000000000000004,"b":1234567.8901234567}', "a=0.3&b=1234567.8901235"),
        ('{"a":1e14,"b":1e15,"c":0.0001,"d":0.00001}', "a=1.0E%2B14&b=1.0E%2B15&c=0.0001&d=1.0E-5"),
        ('{"a":9223372036854775807,"b":9223372036854775808}', "a=9223372036854775807&b=9.2233720368548E%2B18"),
        ('{"a":"12.50","b":"007","c":"1e3"}', "a=12.50&b=007&c=1e3"),
        ('{"":1,"a":{"":2}}', "=1&a%5B%5D=2"),
        ("{}", ""),
    ],
)
def test_the_rules_one_by_one(text: str, form: str) -> None:
    assert form_encoded(text, LONGEST) == form.encode()


def leaves(value: Any, name: str | None = None) -> Iterator[tuple[str, str]]:
    """What a receiver should find, written down another way."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, str(key) if name is None else f"{name}[{key}]")
    elif value is not None and name is not None:
        yield name, str(int(value)) if isinstance(value, bool) else str(value)


@settings(max_examples=1000, deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_a_receiver_reads_every_value_back_in_order(value: dict[str, Any]) -> None:
    form = form_encoded(json.dumps(value), LONGEST).decode()
    assert form.isascii()
    assert parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form)) == list(leaves(value))


def test_a_message_becomes_a_form_with_its_fields_in_order() -> None:
    form = form_encoded(json_body(an_event(data='{"points":325,"total":"9.90"}', timestamp=1_764_000_000_123)), LONGEST)
    assert form == (
        b"id=evt_1&account=shop&customer=c-1&action=point_add&timestamp=2025-11-24T16%3A00%3A00.123Z"
        b"&data%5Bpoints%5D=325&data%5Btotal%5D=9.90"
    )


def test_a_form_that_would_be_many_times_its_json_is_refused_before_it_is_made() -> None:
    text = json.dumps({"data": {"k" * 50_000: [1] * 20_000}})
    with pytest.raises(FieldInvalid, match="more than 1,048,576 bytes"):
        form_encoded(text, LONGEST)
