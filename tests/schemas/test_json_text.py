"""JSON: what is taken, what is refused and why, and the text form that filters compare."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.json_text import MAX_DEPTH, JsonMalformed, dump, is_number, number_of, parse, text_form

LARGEST = "1" + "0" * 308


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"{}", {}),
        (b' \r\n\t[1, 2.5, "x", true, null]\n', [1, 2.5, "x", True, None]),
        (b"0", 0),
        (b"-0.0", -0.0),
        (b'""', ""),
        (b"12345678901234567890123", 12345678901234567890123),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (LARGEST.encode(), int(LARGEST)),
        (b"1e-400", 0.0),
        ('"Zoë 😀"'.encode(), "Zoë 😀"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\u0000"', "\x00"),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b'"' + b"[" * 500 + b'"', "[" * 500),
        (b'"\\"[[' + b"[" * 100 + b'"', '"[[' + "[" * 100),
        (b"[" + b"[]," * 100 + b"[]]", [[]] * 101),
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    read = parse(text)
    if value is not None:
        assert read == value
        assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "line 1 column 1"),
        (b" ", "column"),
        (b"{", "line 1 column 2"),
        (b'{"a":1,}', "line 1 column"),
        (b"{'a':1}", "double quotes"),
        (b"[1,]", "column"),
        (b"{}{}", "Extra data"),
        (b"{} x", "Extra data"),
        (b"nul", "column"),
        (b"True", "column"),
        (b"01", "Extra data"),
        (b"+1", "column"),
        (b".5", "column"),
        (b"1.", "Extra data"),
        (b"0x10", "Extra data"),
        (b"NaN", "NaN is not JSON"),
        (b"[Infinity]", "Infinity is not JSON"),
        (b"-Infinity", "-Infinity is not JSON"),
        (b"1e309", "beyond a double"),
        (b"-1e999", "beyond a double"),
        (b"1" + b"0" * 309, "beyond a double"),
        (b"9" * 5000, "beyond a double"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'"\xff"', "byte 1 is not UTF-8"),
        (b'"\xc3"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'{"\\udc00":1}', "half of a surrogate pair"),
        (b'{"a":1,"a":1}', "a key stands twice"),
        (b'{"x":[{"a":1,"b":2,"\\u0061":3}]}', "a key stands twice"),
        (b'"a\nb"', "control character"),
        (b'"a', "Unterminated"),
        (b'"\\x"', "escape"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "more than 64 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "levels deep"),
        (b"[" * 1_000_000, "levels deep"),
        (b"/* x */ {}", "column"),
    ],
)
def test_what_is_not_json_by_the_rules_is_refused_with_a_reason(text: bytes, said: str) -> None:
    with pytest.raises(JsonMalformed, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (7, "7"),
        (7.0, "7"),
        (-0.0, "0"),
        (7.5, "7.5"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (1.5e-7, "1.5e-7"),
        (1e100, "1e100"),
        (12345678901234567890, "12345678901234567890"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ([1, 2.0, "x", None], '[1,2,"x",null]'),
        ({"b": 1.0, "a": [True]}, '{"b":1,"a":[true]}'),
        ({"é": 10**25}, '{"é":10000000000000000000000000}'),
    ],
)
def test_the_text_form(value: Any, text: str) -> None:
    assert text_form(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (7.5, 7.5),
        ("7", 7),
        ("+7", 7),
        ("-7.50", -7.5),
        ("007", 7),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("12345678901234567890", 12345678901234567890),
    ],
)
def test_numbers_and_numeric_texts_are_numbers(value: Any, number: float) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 7",
        "7 ",
        "7,5",
        "1_000",
        ".5",
        "5.",
        "0x1",
        "٣",
        "²",
        "inf",
        "nan",
        "1e999",
        "9" * 400,
        "1e",
        "--1",
        True,
        False,
        None,
        [],
        {},
        [7],
    ],
)
def test_nothing_else_is_a_number(value: Any) -> None:
    assert number_of(value) is None


def test_booleans_are_no_numbers() -> None:
    assert not is_number(True)
    assert is_number(0)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_dumped_is_parsed_to_the_same(value: Any) -> None:
    assert parse(dump(value).encode()) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0d8e19.+-tfn ', max_size=40).map(str.encode))
def test_parse_gives_a_value_or_the_one_error(text: bytes) -> None:
    try:
        value = parse(text)
    except JsonMalformed:
        return
    assert value == json.loads(text)


@given(JSON)
def test_every_value_has_a_text_form(value: Any) -> None:
    assert isinstance(text_form(value), str)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_form_of_a_number_is_that_number(value: float) -> None:
    number = number_of(text_form(value))
    assert number is not None
    assert math.isclose(number, value, rel_tol=0, abs_tol=0)
