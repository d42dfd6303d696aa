"""The webhook log as people read it: shapes, filters, pages, and one row whole."""

from __future__ import annotations

import pytest

from projections.queries import queue, webhook_log
from projections.queries.store import Store
from schemas.errors import FieldInvalid
from schemas.records import AttemptError, AttemptStatus
from tests.projections.folding import fold_into
from tests.projections.records import NOW, a_delivery, a_message, a_parked, an_attempt

ROW = {
    "id": "dlv_1.0.1",
    "created_at": "2025-11-24T16:00:00.000Z",
    "delivery_id": "dlv_1",
    "event_id": "evt_1",
    "subscription_id": "sub_1",
    "chain": 0,
    "attempt": 1,
    "action": "point_add",
    "customer": "c-1",
    "site_id": "site_1",
    "site_name": "crm",
    "site_revision": 3,
    "status": "done",
    "response_code": 200,
    "error": None,
    "duration_ms": 12.345,
    "next_attempt_at": None,
    "trigger": "auto",
    "resend_id": None,
    "timing": {"dns": 0.1, "connect": 0.2, "tls": 0.3, "first_byte": 9.0, "total": 12.345},
    "remote_ip": "192.0.2.1",
}


def filled(url: str, *records: object) -> Store:
    fold_into(url, [a_message(record, offset=n) for n, record in enumerate(records)])
    return Store(url)


def statuses(store: Store, **parameters: str) -> list[tuple[int, str]]:
    with store.read() as connection:
        rows = webhook_log.page(connection, "shop", parameters)["items"]
    return [(row["attempt"], row["status"]) for row in rows]


def test_a_row_has_every_field_of_its_shape(store_url: str) -> None:
    store = filled(store_url, an_attempt())
    with store.read() as connection:
        answer = webhook_log.page(connection, "shop", {"count": "true"})
    assert answer == {
        "items": [ROW],
        "next": None,
        "as_of": "2025-11-24T16:00:00.000Z",
        "count": 1,
        "count_is": "exact",
    }


def test_one_row_adds_its_request_and_response(store_url: str) -> None:
    store = filled(store_url, an_attempt(response_body=b"\xff\xfe"))
    with store.read() as connection:
        found = webhook_log.one(connection, "shop", "dlv_1.0.1")
    assert found == ROW | {
        "error_detail": None,
        "request": {
            "method": "POST",
            "url": "https://crm.example/hooks",
            "headers": [["content-type", "application/json"], ["authorization", "••••"]],
            "body": '{"id":"evt_1"}',
            "body_encoding": "utf-8",
        },
        "response": {
            "status": 200,
            "headers": [["content-type", "text/plain"]],
            "body": "//4=",
            "body_encoding": "base64",
            "truncated": False,
        },
    }


def test_another_accounts_row_answers_as_if_missing(store_url: str) -> None:
    store = filled(store_url, an_attempt())
    with store.read() as connection:
        assert webhook_log.one(connection, "other", "dlv_1.0.1") is None
        assert webhook_log.page(connection, "other", {})["items"] == []


@pytest.mark.parametrize("row_id", ["", "dlv_1", "dlv_1.0.2", "dlv_1.0.x", "dlv_1.0." + "9" * 40, ".."])
def test_an_id_that_is_none_answers_as_missing(store_url: str, row_id: str) -> None:
    store = filled(store_url, an_attempt())
    with store.read() as connection:
        assert webhook_log.one(connection, "shop", row_id) is None


def test_a_resent_attempt_announces_its_next_step_until_that_has_ended(store_url: str) -> None:
    resent = an_attempt(status=AttemptStatus.RESENT, response_code=500, next_attempt_at=NOW + 10_000)
    store = filled(store_url, a_delivery(), resent)
    assert statuses(store) == [(2, "queued"), (1, "resent")]
    fold_into(store_url, [a_message(an_attempt(step=2, created_at=NOW + 10_000), offset=2)])
    assert statuses(store) == [(2, "done"), (1, "resent")]


def test_a_queued_row_never_replaces_one_that_has_ended(store_url: str) -> None:
    store = filled(store_url, an_attempt())
    later = NOW + 60_000
    fold_into(
        store_url,
        [
            a_message(a_delivery(), offset=9, timestamp=later),
            a_message(a_parked(a_delivery()), offset=9, timestamp=later),
            a_message(an_attempt(status=AttemptStatus.QUEUED), offset=9, timestamp=later),
        ],
    )
    assert statuses(store) == [(1, "done")]


def test_a_queued_attempt_has_no_request_and_no_response(store_url: str) -> None:
    store = filled(store_url, a_delivery())
    with store.read() as connection:
        found = webhook_log.one(connection, "shop", "dlv_1.0.1", site_names={"site_1": "crm"})
    assert found is not None
    assert (found["site_name"], found["request"], found["response"]) == ("crm", None, None)


def test_a_timeout_has_a_request_and_no_response(store_url: str) -> None:
    failed = an_attempt(
        status=AttemptStatus.FAILED, response_code=None, error=AttemptError.TIMEOUT, error_detail="late"
    )
    store = filled(store_url, failed)
    with store.read() as connection:
        found = webhook_log.one(connection, "shop", "dlv_1.0.1")
    assert found is not None
    assert (found["error"], found["error_detail"], found["response"]) == ("timeout", "late", None)
    assert found["request"]["method"] == "POST"


def test_chains_are_numbered_in_the_order_of_their_ids(store_url: str) -> None:
    chains = ["0193-b", "0", "0192-a"]
    store = filled(store_url, *(an_attempt(chain=chain) for chain in chains))
    with store.read() as connection:
        rows = webhook_log.page(connection, "shop", {})["items"]
    assert {row["id"]: row["chain"] for row in rows} == {"dlv_1.0.1": 0, "dlv_1.0192-a.1": 1, "dlv_1.0193-b.1": 2}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"status": "failed"}, ["d2"]),
        ({"response_code": "503"}, ["d2"]),
        ({"response_code": "5xx"}, ["d2"]),
        ({"response_code": "2xx"}, ["d1"]),
        ({"response_code": "none"}, ["d3"]),
        ({"error": "dns"}, ["d3"]),
        ({"action": "test"}, ["d3"]),
        ({"customer": "c-2"}, ["d2"]),
        ({"site_id": "site_2"}, ["d3"]),
        ({"delivery_id": "d1"}, ["d1"]),
        ({"from": "2025-11-24T16:00:01Z"}, ["d3", "d2"]),
        ({"to": "2025-11-24T16:00:01.000Z"}, ["d1"]),
        ({"from": "2025-11-24T17:00:01+01:00", "to": "2025-11-24T16:00:02"}, ["d2"]),
        ({"status": "failed", "site_id": "site_2"}, []),
    ],
)
def test_filters_choose_rows(store_url: str, parameters: dict[str, str], found: list[str]) -> None:
    store = filled(
        store_url,
        an_attempt(delivery_id="d1"),
        an_attempt(
            delivery_id="d2",
            status=AttemptStatus.FAILED,
            response_code=503,
            customer="c-2",
            created_at=NOW + 1000,
        ),
        an_attempt(
            delivery_id="d3",
            status=AttemptStatus.RESENT,
            response_code=None,
            error=AttemptError.DNS,
            action="test",
            site_id="site_2",
            created_at=NOW + 2000,
            step=LAST_STEP,
        ),
    )
    with store.read() as connection:
        rows = webhook_log.page(connection, "shop", parameters)["items"]
    assert [row["delivery_id"] for row in rows] == found


LAST_STEP = 2**63 - 1  # has no next one


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "sent"),
        ("response_code", "5x"),
        ("response_code", "6xx"),
        ("response_code", "0"),
        ("customer", ""),
        ("error", "boom"),
        ("from", "yesterday"),
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "0000000501"),
        ("limit", "ten"),
        ("cursor", "x"),
        ("cursor", "🙂"),
        ("count", "yes"),
        ("colour", "red"),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_refused_by_its_name(store_url: str, name: str, value: str) -> None:
    with Store(store_url).read() as connection, pytest.raises(FieldInvalid) as refused:
        webhook_log.page(connection, "shop", {name: value})
    assert refused.value.path == name


def test_times_in_the_wrong_order_are_refused(store_url: str) -> None:
    with Store(store_url).read() as connection, pytest.raises(FieldInvalid, match="before"):
        webhook_log.page(connection, "shop", {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"})


def test_a_cursor_of_another_list_is_refused(store_url: str) -> None:
    store = filled(store_url, *(a_delivery(delivery_id=f"d{n}") for n in range(2)))
    with store.read() as connection:
        cursor = queue.page(connection, "shop", {"limit": "1"})["next"]
        with pytest.raises(FieldInvalid):
            webhook_log.page(connection, "shop", {"cursor": cursor})


def test_pages_give_every_row_once_newest_first(store_url: str) -> None:
    moments = [NOW + n // 7 for n in range(40)]  # several rows of one millisecond
    store = filled(store_url, *(an_attempt(delivery_id=f"d{n}", created_at=at) for n, at in enumerate(moments)))
    seen: list[str] = []
    parameters = {"limit": "9"}
    with store.read() as connection:
        while True:
            answer = webhook_log.page(connection, "shop", parameters)
            seen += [row["delivery_id"] for row in answer["items"]]
            if answer["next"] is None:
                break
            parameters = {"limit": "9", "cursor": answer["next"]}
    assert seen == [f"d{n}" for n in reversed(range(40))]
