"""Times as they are taken: RFC 3339, and the extended format of ISO 8601 besides."""

from __future__ import annotations

import pytest

from schemas.times import iso, iso_milliseconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24T09:00:00.123Z", "2026-11-24T09:00:00.123Z"),
        ("2026-11-24T10:00:00.5+01:00", "2026-11-24T09:00:00.500Z"),
        ("2026-11-24T09:00:00", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24 09:00", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24", "2026-11-24T00:00:00.000Z"),
    ],
)
def test_times_are_taken(text: str, expected: str) -> None:
    at = iso_milliseconds(text)
    assert at is not None
    assert iso(at) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T09:00:00z",
        "2026-11-24t09:00:00Z",
        "20261124",
        "20261124T090000Z",
        "2026-W48-2",
        "2026-328",
        "2026-11",
        "2026-11-24T09Z",
        "2026-11-24T09:00:00+0100",
        "2026-11-24T09:00:00,5Z",
        "2026-13-01",
        "2026-11-24T25:00:00Z",
        " 2026-11-24",
        "2026-11-24\n",
        "\u0662026-11-24",
    ],
)
def test_other_forms_are_none(text: str) -> None:
    assert iso_milliseconds(text) is None


def test_a_zone_can_be_needed() -> None:
    assert iso_milliseconds("2026-11-24T09:00:00", needs_zone=True) is None
    assert iso_milliseconds("2026-11-24T09:00:00Z", needs_zone=True) is not None
