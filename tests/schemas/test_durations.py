"""Durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10),
        ("1m", 60),
        ("72h", 259_200),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("2d", 172_800),
        (" 5m ", 300),
        ("0s", 0),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "s", "10 s", "-1s", "1e3s", "1m30s", "10S", "٣s", "10min", ".5s"])
def test_what_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 10s, 5m or 72h"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (10, "10s"),
        (60, "1m"),
        (90, "90s"),
        (300, "5m"),
        (43_200, "12h"),
        (0.25, "250ms"),
        (1.5, "1500ms"),
        (86_400, "24h"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_holds_it_whole(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(1, 10_000_000))
def test_whole_seconds_come_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds
