"""Text search: by index where the text is a value, else in what was sent and answered, bounded in time."""

from __future__ import annotations

from typing import Any

import pytest

from projections.queries import bounded, events, incoming_log, searching, webhook_log
from projections.queries.store import Store
from schemas.errors import FieldInvalid
from schemas.records import AttemptError, AttemptStatus, Outcome
from tests.projections.folding import fold_into
from tests.projections.records import NOW, a_delivery, a_message, a_request, an_attempt, an_event

LISTS = {"webhook-log": webhook_log, "incoming-log": incoming_log, "events": events}


def page(url: str, name: str = "webhook-log", **parameters: str) -> dict[str, Any]:
    store = Store(url)
    try:
        with store.read() as connection:
            answer: dict[str, Any] = LISTS[name].page(connection, "shop", parameters)
            return answer
    finally:
        store.close()


def ids(url: str, name: str = "webhook-log", **parameters: str) -> tuple[list[str], str]:
    found = page(url, name, **parameters)
    return [row["id"] for row in found["items"]], found["found_in"]


@pytest.fixture
def log(store_url: str) -> str:
    changes: tuple[dict[str, Any], ...] = (
        {"customer": "Ann", "request_body": '{"name":"Zoë","points":325}'.encode()},
        {"customer": "c-2", "response_body": b"Internal ERROR 0x17", "error": None, "response_code": 500},
        {"customer": "c-3", "status": AttemptStatus.FAILED, "error": AttemptError.TIMEOUT, "response_code": None},
        {"customer": "c-4", "request_headers": [["authorization", "••••"], ["x-trace", "abc-17"]]},
    )
    rows = [an_attempt(delivery_id=f"dlv_{n}", created_at=NOW + n, **each) for n, each in enumerate(changes)]
    other = an_attempt(delivery_id="dlv_9", account="other", customer="Ann")
    made = [a_message(a_delivery(delivery_id=f"dlv_{n}"), offset=n) for n in range(4)]
    fold_into(store_url, [*made, *(a_message(row, offset=n) for n, row in enumerate([*rows, other]))])
    return store_url


@pytest.mark.parametrize(
    ("text", "found", "where"),
    [
        ("Ann", [0], "customer"),
        ("dlv_1", [1], "delivery_id"),
        ("dlv_2.0.1", [2], "id"),
        ("timeout", [2], "error"),
        ("point_add", [3, 2, 1, 0], "action"),
        ("evt_1", [3, 2, 1, 0], "event_id"),
        ("ann", [0], "text"),
        ("ZOË", [0], "text"),
        ('"points":325', [0], "text"),
        ("internal error", [1], "text"),
        ("ABC-17", [3], "text"),
        ("crm.example/hooks", [3, 2, 1, 0], "text"),
        ("••••", [3, 2, 1, 0], "text"),
        ("nowhere", [], "text"),
    ],
)
def test_a_text_is_found(log: str, text: str, found: list[int], where: str) -> None:
    assert ids(log, q=text) == ([f"dlv_{n}.0.1" for n in found], where)


def test_other_filters_and_times_hold_too(log: str) -> None:
    assert ids(log, q="crm.example", customer="c-2")[0] == ["dlv_1.0.1"]
    until = "2025-11-24T16:00:00.002Z"
    assert ids(log, q="crm.example", to=until)[0] == ["dlv_1.0.1", "dlv_0.0.1"]


def test_what_waits_is_not_searched_in_the_record_of_the_step_before(store_url: str) -> None:
    resent = an_attempt(status=AttemptStatus.RESENT, response_body=b"needle", next_attempt_at=NOW + 1)
    fold_into(store_url, [a_message(a_delivery(body=b"needle")), a_message(resent)])
    assert ids(store_url, q="needle") == (["dlv_1.0.1"], "text")


def test_pages_go_on_and_count_what_they_found(log: str) -> None:
    first = page(log, q="crm.example", limit="3", count="true")
    assert (len(first["items"]), first["count"], first["count_is"]) == (3, 3, "at_least")
    rest = page(log, q="crm.example", limit="3", cursor=first["next"])
    assert ([row["id"] for row in rest["items"]], rest["next"]) == (["dlv_0.0.1"], None)
    assert page(log, q="c-2", count="true")["count_is"] == "exact"


def test_a_search_ends_in_time_with_what_it_has_and_goes_on_from_there(
    log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SECONDS", -1.0)
    cursor: str | None = ""
    found, looks = list[str](), 0
    while cursor is not None:
        one = page(log, q="internal", **({"cursor": cursor} if cursor else {}))
        found += [row["id"] for row in one["items"]]
        cursor, looks = one["next"], looks + 1
        assert (one["searched_to"] is None) == (cursor is None)
    assert (found, looks) == (["dlv_1.0.1"], 5)


def test_what_is_sealed_is_never_found(store_url: str) -> None:
    sealed = a_request(body=b"Y2lwaGVy", body_sealed=True, query="Y2lwaGVy", query_sealed=True)
    plain = a_request(id="req_2", body=b'{"a":"Y2lwaGVy"}', outcome=Outcome.FILTERED)
    fold_into(store_url, [a_message(each, offset=n) for n, each in enumerate((sealed, plain))])
    assert ids(store_url, "incoming-log", q="Y2lwaGVy") == (["req_2"], "text")
    assert ids(store_url, "incoming-log", q="c2VhbGVk") == ([], "text")
    assert ids(store_url, "incoming-log", q="points")[1] == "endpoint"


def test_events_are_searched_in_their_data(store_url: str) -> None:
    rows = [an_event(id=f"evt_{n}", data=f'{{"note":"order {n}"}}') for n in range(3)]
    fold_into(store_url, [a_message(row, offset=n) for n, row in enumerate(rows)])
    assert ids(store_url, "events", q="Order 2") == (["evt_2"], "text")
    assert ids(store_url, "events", q="evt_1") == (["evt_1"], "id")


@pytest.mark.parametrize("text", ["", "  ", "x" * 257])
def test_a_text_that_is_none_is_refused(log: str, text: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        page(log, q=text)
    assert refused.value.path == "q"


@pytest.mark.parametrize("asked", [{}, {"q": "much"}])
def test_a_page_ends_where_its_rows_hold_much_text(
    store_url: str, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    """Five hundred events of 2 MiB were two gigabytes in the memory of a gateway."""
    for module in (bounded, searching):
        monkeypatch.setattr(module, "MOST_TEXT", 250)
    data = '{"points":1,"text":"' + "much" * 25 + '"}'
    rows = [an_event(id=f"evt_{n}", timestamp=NOW + n, data=data) for n in range(5)]
    fold_into(store_url, [a_message(row, offset=n) for n, row in enumerate(rows)])
    pages: list[list[str]] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        found = page(store_url, "events", limit="4", **asked, **cursor)
        pages.append([row["id"] for row in found["items"]])
        cursor = None if found["next"] is None else {"cursor": found["next"]}
    assert pages == [["evt_4", "evt_3", "evt_2"], ["evt_1", "evt_0"]]
