"""The queue: what waits, since when, until when, and what holds it."""

from __future__ import annotations

import pytest

from projections.queries import queue
from projections.queries.store import Store
from schemas.records import AttemptStatus
from tests.projections.folding import fold_into
from tests.projections.records import NOW, a_delivery, a_message, a_parked, an_attempt


def waiting(url: str, ordering: str = "none", **parameters: str) -> list[dict[str, object]]:
    store = Store(url)
    with store.read() as connection:
        found = queue.page(connection, "shop", parameters, site_names={"site_1": "crm"}, orderings={"site_1": ordering})
        items = found["items"]
    assert isinstance(items, list)
    return items


def test_a_delivery_waits_from_the_moment_it_is_made(store_url: str) -> None:
    fold_into(store_url, [a_message(a_delivery())])
    assert waiting(store_url) == [
        {
            "delivery_id": "dlv_1",
            "customer": "c-1",
            "action": "point_add",
            "site_id": "site_1",
            "site_name": "crm",
            "retries": 0,
            "next_attempt_at": "2025-11-24T15:59:59.600Z",
            "reason": "queued",
            "queued_at": "2025-11-24T15:59:59.600Z",
            "blocked_by": None,
        }
    ]


def test_what_may_go_at_once_has_no_next_try(store_url: str) -> None:
    fold_into(store_url, [a_message(a_delivery(due=0))])
    assert waiting(store_url)[0]["next_attempt_at"] is None


def test_a_failed_attempt_waits_for_its_resend(store_url: str) -> None:
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=500, next_attempt_at=NOW + 10_000)
    fold_into(store_url, [a_message(a_delivery()), a_message(resent)])
    (row,) = waiting(store_url)
    assert (row["retries"], row["reason"], row["next_attempt_at"]) == (1, "retrying", "2025-11-24T16:00:10.000Z")


def test_what_has_ended_waits_no_more(store_url: str) -> None:
    fold_into(store_url, [a_message(an_attempt()), a_message(a_delivery())])
    assert waiting(store_url) == []


@pytest.mark.parametrize("first", ["parked", "postponed"])
def test_of_parked_and_postponed_the_later_one_says_why(store_url: str, first: str) -> None:
    parked_at, postponed_at = (NOW, NOW + 5) if first == "parked" else (NOW + 5, NOW)
    postponed = an_attempt(status=AttemptStatus.QUEUED, next_attempt_at=NOW + 60_000)
    fold_into(
        store_url,
        [
            a_message(a_delivery()),
            a_message(a_parked(a_delivery()), timestamp=parked_at),
            a_message(postponed, timestamp=postponed_at),
        ],
    )
    (row,) = waiting(store_url)
    expected = ("queued", "breaker_open") if first == "parked" else ("parked", "site_inactive")
    assert (row["reason"], row["blocked_by"]) == expected
    assert [r["reason"] for r in waiting(store_url, reason="parked")] == (["parked"] if first != "parked" else [])


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("none", {"dlv_1": None, "dlv_2": None, "dlv_3": None}),
        ("site", {"dlv_1": None, "dlv_2": "behind:dlv_1", "dlv_3": "behind:dlv_1"}),
        ("customer", {"dlv_1": None, "dlv_2": None, "dlv_3": "behind:dlv_1"}),
    ],
)
def test_a_message_of_a_strict_site_waits_for_the_oldest_of_its_succession(
    store_url: str, ordering: str, expected: dict[str, str | None]
) -> None:
    made = [
        a_message(a_delivery(delivery_id=f"dlv_{number}", customer=customer), offset=number)
        for number, customer in ((1, "c-1"), (2, "c-2"), (3, "c-1"))
    ]
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=500, next_attempt_at=NOW + 10_000)
    fold_into(store_url, [*made, a_message(resent)])
    assert {row["delivery_id"]: row["blocked_by"] for row in waiting(store_url, ordering)} == expected


def test_what_is_parked_says_what_holds_it_and_others_do_not_wait_for_it(store_url: str) -> None:
    parked = a_delivery(delivery_id="dlv_1")
    fold_into(
        store_url,
        [
            a_message(parked, offset=1),
            a_message(a_parked(parked), timestamp=NOW),
            a_message(a_delivery(delivery_id="dlv_2"), offset=2),
        ],
    )
    held = {row["delivery_id"]: row["blocked_by"] for row in waiting(store_url, "site")}
    assert held == {"dlv_1": "site_inactive", "dlv_2": None}
