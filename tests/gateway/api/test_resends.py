"""Resends of many: what a dry run counts, what a token starts, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.api.resend_shapes import ResendCounted, ResendShown, ResendStarted
from schemas.codec import decode_as
from schemas.records import AttemptStatus, Delivery, Operation, Trigger
from schemas.times import iso
from tests.gateway.api.test_any_input import ANYTHING, places, put
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.gateway.jobs import Jobs
from tests.gateway.resends import FAILED, a_site, commands, dry_run, put_failed, start, state
from tests.projections.records import NOW, a_message, an_attempt
from tests.waiting import eventually


@pytest.fixture
def site(house: House) -> str:
    return a_site(house)


def test_a_dry_run_counts_deliveries_and_sends_nothing(house: House, site: str) -> None:
    put_failed(house, site, 1, 2, 3)
    put_failed(house, site, 4, response_code=None)
    put_failed(house, site, 5, status=AttemptStatus.DONE, response_code=200)
    answer = house.call("POST", "/v1/shop/resends", {"filter": FAILED, "dry_run": True})
    assert answer.status == 200
    ResendCounted.model_validate(answer.json)
    assert answer.json["count"] == 4
    assert answer.json["by_site"] == {site: 4}
    assert answer.json["by_code"] == {"500": 3, "none": 1}
    assert [answer.json[name] for name in ("oldest", "newest")] == [iso(NOW + 1), iso(NOW + 4)]
    assert commands(house) == []
    assert dry_run(house, status="failed", response_code="5xx")["count"] == 3
    assert dry_run(house, delivery_id="dlv_001,dlv_003,dlv_999")["count"] == 2
    many = {"delivery_id": ",".join(f"dlv_{number}" for number in range(101))}
    assert house.call("POST", "/v1/shop/resends", {"filter": many, "dry_run": True}).status == 422


def test_what_was_delivered_meanwhile_waits_or_is_expired_is_counted_apart(house: House, site: str) -> None:
    put_failed(house, site, 1, 2, 3)
    fold(
        house,
        a_message(an_attempt(delivery_id="dlv_001", chain="cmd_9", site_id=site), offset=90),
        a_message(an_attempt(delivery_id="dlv_002", status=AttemptStatus.RESENT, site_id=site, step=2), offset=91),
        a_message(an_attempt(delivery_id="dlv_x", status=AttemptStatus.FAILED, site_id=site), offset=92),
        a_message(an_attempt(delivery_id="dlv_t", status=AttemptStatus.FAILED, trigger=Trigger.TEST), offset=93),
    )
    found = dry_run(house, **FAILED)
    assert {name: found[name] for name in ("count", "already_done", "pending", "skipped")} == {
        "count": 2,
        "already_done": 1,
        "pending": 1,
        "skipped": 1,
    }
    both = house.made("POST", "/v1/shop/resends", {"filter": FAILED, "dry_run": True, "skip_done": False})
    assert both["count"] == 3


def test_a_token_sends_what_was_counted_and_nothing_that_failed_since(house: House, site: str) -> None:
    put_failed(house, site, *range(20))
    token = dry_run(house, **FAILED)["token"]
    put_failed(house, site, 50, 51)
    started = start(house, token)
    ResendStarted.model_validate(started)
    assert (started["state"], started["count"], started["sent"]) == ("running", 20, 0)
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle, what="the job has ended")
    sent = commands(house)
    assert sorted(each.delivery_id for each in sent) == [f"dlv_{n:03}" for n in range(20)]
    carried = decode_as(Delivery, sent[0].delivery)
    assert (carried.trigger, carried.resend_id, carried.chain) == (Trigger.BULK, started["id"], sent[0].id)
    shown = state(house, started["id"])
    ResendShown.model_validate(shown)
    assert (shown["state"], shown["sent"], shown["failed"], shown["eta_seconds"]) == ("done", 20, 0, None)
    (listed,) = house.made("GET", "/v1/shop/resends?state=done")["items"]
    assert listed == shown


def test_a_token_starts_one_job_however_often_it_comes(house: House, site: str) -> None:
    put_failed(house, site, *range(5))
    token = dry_run(house, **FAILED)["token"]
    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda _: start(house, token), range(4)))
    assert len({each["id"] for each in answers}) == 1
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    fold(house)
    again = start(house, token)
    assert (again["id"], again["state"], again["sent"]) == (answers[0]["id"], "done", 5)
    jobs.feed()
    eventually(jobs.idle)
    assert len(commands(house)) == 5
    assert len(house.made("GET", "/v1/shop/resends")["items"]) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "filter"),
        ({"filter": {}}, "token"),
        ({"filter": {"status": "lost"}, "dry_run": True}, "filter.status"),
        ({"filter": {"status": "queued"}, "dry_run": True}, "filter.status"),
        ({"filter": {"limit": "5"}, "dry_run": True}, "filter.limit"),
        ({"filter": {"from": "yesterday"}, "dry_run": True}, "filter.from"),
        ({"token": "v1.x.y"}, "token"),
        ({"token": "é"}, "token"),
        ({"token": "t", "rate": 0}, "rate"),
    ],
)
def test_what_is_wrong_is_named(house: House, body: Any, path: str) -> None:
    fold(house)
    answer = house.call("POST", "/v1/shop/resends", body)
    assert (answer.status, answer.paths) == (422, [path])


RESENDS = {
    "filter": {"status": "failed", "from": "2026-11-24T00:00:00Z"},
    "dry_run": True,
    "rate": 5,
    "skip_done": False,
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(house: House, site: str, data: st.DataObject) -> None:
    fold(house)
    for path, body in (
        ("resends", RESENDS),
        ("resends", {"token": "v1.x.y"}),
        (f"sites/{site}/test", {"event_id": "e"}),
    ):
        wild = put(body, data.draw(st.sampled_from(places(body))), data.draw(ANYTHING))
        answer = house.call("POST", f"/v1/shop/{path}", wild)
        assert answer.status in {200, 400, 409, 415, 422}, answer.body


def test_a_token_is_of_one_account(house: House, site: str) -> None:
    put_failed(house, site, 1)
    token = dry_run(house, **FAILED)["token"]
    house.made("PUT", "/v1/accounts/other")
    assert house.call("POST", "/v1/other/resends", {"token": token}).paths == ["token"]
    started = start(house, token)
    fold(house)
    assert house.call("GET", f"/v1/other/resends/{started['id']}").status == 404
    assert house.call("POST", f"/v1/other/resends/{started['id']}/cancel").status == 404


@pytest.mark.parametrize("more", [{"filter": {"status": "done"}}, {"dry_run": True}])
def test_a_token_goes_with_no_filter_and_no_count(house: House, site: str, more: dict[str, Any]) -> None:
    put_failed(house, site, 1)
    token = dry_run(house, **FAILED)["token"]
    assert house.call("POST", "/v1/shop/resends", {"token": token, **more}).paths == ["token"]


def test_operations_are_jobs_of_their_account(house: House, site: str) -> None:
    put_failed(house, site, 1)
    start(house, dry_run(house, **FAILED)["token"])
    records: list[Operation] = house.log.records(house.topics.operations)
    assert {record.account for record in records} == {"shop"}
    assert {record.author for record in records} == {"operator"}
