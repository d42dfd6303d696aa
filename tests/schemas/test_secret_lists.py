"""Secrets in lists: stored with their details, which stay with them as long as their text does."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from schemas.definitions.secret_lists import PLAIN, expiries, seal
from schemas.definitions.secrets import MASK, keep_masked, mask, unseal
from schemas.errors import FieldInvalid

FIRST, SECOND = "whsec_" + "Q" * 32 + "abcd==", "whsec_" + "R" * 32 + "efgh"


def sealed(body: dict[str, Any], stored: dict[str, Any] | None = None, at: str = "2026-11-24T09:00:00.000Z") -> Any:
    numbers = itertools.count(1 if stored is None else 10)
    return seal(
        body,
        stored,
        encrypt=lambda text: text[::-1],
        decrypt=opened,
        new_id=lambda: f"sec_{next(numbers)}",
        at=at,
    )


def opened(text: str) -> str:
    return text[::-1]


def standard(*secrets: Any) -> dict[str, Any]:
    return {"authentication": {"type": "standard_webhooks", "secrets": list(secrets)}}


def test_each_member_has_its_details_and_people_see_those_alone() -> None:
    stored = sealed(standard(FIRST, SECOND))
    assert mask(stored)["authentication"]["secrets"] == [
        {
            "id": "sec_1",
            "hint": "…abcd",
            "created_at": "2026-11-24T09:00:00.000Z",
            "last_used_at": None,
            "expires_at": None,
        },
        {
            "id": "sec_2",
            "hint": "…efgh",
            "created_at": "2026-11-24T09:00:00.000Z",
            "last_used_at": None,
            "expires_at": None,
        },
    ]
    assert unseal(stored, opened) == standard(FIRST, SECOND)


def test_a_short_secret_gives_no_hint() -> None:
    (member,) = sealed(standard("short"))["authentication"]["secrets"]
    assert member["hint"] == ""


def test_a_secret_keeps_its_details_wherever_it_stands() -> None:
    stored = sealed(standard(FIRST, SECOND))
    again = sealed(standard("new", SECOND), stored, at="2026-11-25T09:00:00.000Z")
    new, kept = again["authentication"]["secrets"]
    assert (new["id"], new["created_at"]) == ("sec_10", "2026-11-25T09:00:00.000Z")
    assert kept == stored["authentication"]["secrets"][1]


def test_an_object_keeps_the_secret_with_its_id_and_dots_the_one_in_their_place() -> None:
    stored = sealed(standard(FIRST, SECOND))
    shown = mask(stored)["authentication"]["secrets"]
    assert keep_masked(standard("new", shown[0]), stored, opened) == standard("new", FIRST)
    assert keep_masked(standard(shown[1], shown[0]), stored, opened) == standard(SECOND, FIRST)
    assert keep_masked(standard({"id": "sec_2"}), stored, opened) == standard(SECOND)
    assert keep_masked(standard(MASK, MASK), stored, opened) == standard(FIRST, SECOND)


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ({"id": "sec_9"}, "authentication.secrets.0"),
        ({}, "authentication.secrets.0"),
        ({"id": None}, "authentication.secrets.0"),
        ({"id": {"a": 1}}, "authentication.secrets.0"),
        ({"$sealed": FIRST[::-1]}, "authentication.secrets.0"),
        ({"$plain": "x", "id": "sec_9"}, "authentication.secrets.0"),
        ({"id": "sec_1", "expires_at": "2026-11-25T09:00:00.000Z"}, "authentication.secrets.0.expires_at"),
    ],
)
def test_an_object_that_keeps_nothing_is_refused(member: Any, path: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        keep_masked(standard(member), sealed(standard(FIRST)), opened)
    assert caught.value.path == path


def test_what_was_sealed_elsewhere_is_never_opened_for_its_sender() -> None:
    sent = {"authentication": {"type": "basic", "username": "u", "password": {"$sealed": FIRST[::-1]}}}
    assert keep_masked(sent, sealed(standard(FIRST)), opened) == sent


def test_details_can_be_given() -> None:
    (member,) = sealed(standard(FIRST))["authentication"]["secrets"]
    ends = "2026-11-25T09:00:00.000Z"
    (again,) = sealed(standard({**member, "expires_at": ends, PLAIN: FIRST}))["authentication"]["secrets"]
    assert again == member | {"expires_at": ends}
    assert expiries([member, again, "text"]) == (None, 1_795_597_200_000, None)
    wild: list[Any] = ["tomorrow", 7, []]
    assert expiries([member | {"expires_at": end} for end in wild]) == (0, 0, 0)
    assert expiries(None) == ()
