"""Resends of many: what a dry run counts, what a token starts, what a job does with it over interruptions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.api.resend_shapes import ResendCounted, ResendShown, ResendStarted
from schemas.codec import decode_as, encode
from schemas.records import AttemptStatus, Command, Delivery, Operation, Trigger
from tests.gateway.api.test_any_input import ANYTHING, places
from tests.gateway.api.test_any_input import put as put_at
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.gateway.jobs import Jobs
from tests.projections.records import NOW, a_delivery, a_message, an_attempt
from tests.waiting import eventually

FAILED = {"status": "failed"}


@pytest.fixture
def site(house: House) -> str:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    return str(made["id"])


def put(house: House, site: str, *numbers: int, **attempt: Any) -> None:
    """Deliveries of these numbers, each with one attempt that failed unless told otherwise."""
    given: dict[str, Any] = {"status": AttemptStatus.FAILED, "response_code": 500, "site_id": site} | attempt
    messages = []
    for number in numbers:
        delivery = a_delivery(delivery_id=f"dlv_{number:03}", site_id=site, lane=f"{site}/0")
        row = an_attempt(delivery_id=delivery.delivery_id, created_at=NOW + number, **given)
        messages += [a_message(delivery, offset=number), a_message(row, offset=number)]
    fold(house, *messages)


def dry_run(house: House, **wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = house.made("POST", "/v1/shop/resends", {"filter": wanted, "dry_run": True})
    return found


def start(house: House, token: str, **more: Any) -> dict[str, Any]:
    answer = house.call("POST", "/v1/shop/resends", {"token": token} | more)
    assert answer.status == 202, answer.body
    found: dict[str, Any] = answer.json
    return found


def commands(house: House) -> list[Command]:
    return house.log.records(house.topics.commands)


def state(house: House, job_id: str) -> dict[str, Any]:
    fold(house)
    found: dict[str, Any] = house.made("GET", f"/v1/shop/resends/{job_id}")
    return found


def test_a_dry_run_counts_deliveries_and_sends_nothing(house: House, site: str) -> None:
    put(house, site, 1, 2, 3)
    put(house, site, 4, response_code=None)
    put(house, site, 5, status=AttemptStatus.DONE, response_code=200)
    answer = house.call("POST", "/v1/shop/resends", {"filter": FAILED, "dry_run": True})
    assert answer.status == 200
    ResendCounted.model_validate(answer.json)
    assert answer.json["count"] == 4
    assert answer.json["by_site"] == {site: 4}
    assert answer.json["by_code"] == {"500": 3, "none": 1}
    assert commands(house) == []
    assert dry_run(house, status="failed", response_code="5xx")["count"] == 3
    assert dry_run(house, delivery_id="dlv_001,dlv_003,dlv_999")["count"] == 2
    many = {"delivery_id": ",".join(f"dlv_{number}" for number in range(101))}
    assert house.call("POST", "/v1/shop/resends", {"filter": many, "dry_run": True}).status == 422


def test_what_was_delivered_meanwhile_waits_or_is_expired_is_counted_apart(house: House, site: str) -> None:
    put(house, site, 1, 2, 3)
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
    put(house, site, *range(20))
    token = dry_run(house, **FAILED)["token"]
    put(house, site, 50, 51)
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
    put(house, site, *range(5))
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


def test_a_job_that_two_gateways_started_at_once_has_its_set_once(house: House, site: str) -> None:
    put(house, site, *range(5))
    start(house, dry_run(house, **FAILED)["token"])
    written = house.log.topics[house.topics.operations]
    part, state_of_it = written[-2:]
    written[-2:] = [part, part, state_of_it, part, state_of_it]  # as they may lie when both write
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert sorted(each.delivery_id for each in commands(house)) == [f"dlv_{n:03}" for n in range(5)]


def test_the_rate_is_kept(house: House, site: str) -> None:
    put(house, site, *range(20))
    started = start(house, dry_run(house, **FAILED)["token"], rate=10)
    assert started["eta_seconds"] == 2.0
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert sum(jobs.naps) == pytest.approx(2.0)
    assert max(jobs.naps) <= 0.2 + 1e-9


def test_another_owner_goes_on_and_its_chains_are_the_same(house: House, site: str) -> None:
    put(house, site, *range(10))
    started = start(house, dry_run(house, **FAILED)["token"])
    first, second = Jobs(house), Jobs(house)
    first.own()
    eventually(first.idle)
    house.log.topics[house.topics.operations].pop()  # the last word did not get out
    second.own()
    eventually(second.idle)
    sent = commands(house)
    assert len({(each.delivery_id, each.id) for each in sent}) == 10, "a copy bears the chain of its first"
    assert len(sent) == 20
    assert state(house, started["id"])["state"] == "done"


def test_a_job_is_paused_resumed_and_cancelled(house: House, site: str) -> None:
    put(house, site, *range(10))
    started = start(house, dry_run(house, **FAILED)["token"])
    fold(house)
    path = f"/v1/shop/resends/{started['id']}"
    assert house.call("POST", f"{path}/pause").status == 202
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert commands(house) == []
    assert house.call("POST", f"{path}/cancel").status == 202
    jobs.feed()
    eventually(jobs.idle)
    assert state(house, started["id"])["state"] == "cancelled"
    refused = house.call("POST", f"{path}/resume")
    assert (refused.status, refused.json["type"]) == (409, "/docs#wrong_state")
    assert house.call("POST", f"{path}/cancel").status == 202, "once more is the same"
    late = Jobs(house)
    late.own()
    eventually(late.idle)
    assert commands(house) == []


def test_a_paused_job_goes_on_when_resumed(house: House, site: str) -> None:
    put(house, site, *range(10))
    started = start(house, dry_run(house, **FAILED)["token"])
    fold(house)
    path = f"/v1/shop/resends/{started['id']}"
    house.made("POST", f"{path}/pause")
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    house.made("POST", f"{path}/resume")
    jobs.feed()
    eventually(lambda: jobs.idle() and len(commands(house)) == 10)
    assert state(house, started["id"])["state"] == "done"


def test_kafka_away_stops_nothing_for_good(house: House, site: str) -> None:
    put(house, site, *range(10))
    start(house, dry_run(house, **FAILED)["token"])
    jobs = Jobs(house)
    house.log.away = True
    jobs.own()
    eventually(lambda: len(jobs.naps) > 3, what="it tries again")
    assert not jobs.idle()
    house.log.away = False
    eventually(jobs.idle)
    assert len(commands(house)) == 10


def test_a_site_archived_meanwhile_is_counted_as_failed(house: House, site: str) -> None:
    put(house, site, *range(3))
    started = start(house, dry_run(house, **FAILED)["token"])
    house.made("POST", f"/v1/shop/sites/{site}/archive")
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    shown = state(house, started["id"])
    assert (shown["state"], shown["sent"], shown["failed"]) == ("done", 0, 3)


def test_a_job_of_an_older_version_goes_on(house: House, site: str) -> None:
    put(house, site, *range(10))
    started = start(house, dry_run(house, **FAILED)["token"])
    operations = house.log.topics[house.topics.operations]
    place, message = operations.pop()
    state_now = decode_as(Operation, message.value)
    body = json.loads(state_now.body)
    found = body.pop("found")
    old = {name: value for name, value in body.items() if name not in ("reached", "error")} | found | {"sent": 4}
    operations.append((place, replace(message, value=encode(replace(state_now, body=json.dumps(old))))))
    assert state(house, started["id"])["sent"] == 4
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert len(commands(house)) == 6
    assert state(house, started["id"])["sent"] == 10


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
        wild = put_at(body, data.draw(st.sampled_from(places(body))), data.draw(ANYTHING))
        answer = house.call("POST", f"/v1/shop/{path}", wild)
        assert answer.status in {200, 400, 409, 415, 422}, answer.body


def test_a_token_is_of_one_account(house: House, site: str) -> None:
    put(house, site, 1)
    token = dry_run(house, **FAILED)["token"]
    house.made("PUT", "/v1/accounts/other")
    assert house.call("POST", "/v1/other/resends", {"token": token}).paths == ["token"]
    started = start(house, token)
    fold(house)
    assert house.call("GET", f"/v1/other/resends/{started['id']}").status == 404
    assert house.call("POST", f"/v1/other/resends/{started['id']}/cancel").status == 404


@pytest.mark.parametrize("more", [{"filter": {"status": "done"}}, {"dry_run": True}])
def test_a_token_goes_with_no_filter_and_no_count(house: House, site: str, more: dict[str, Any]) -> None:
    put(house, site, 1)
    token = dry_run(house, **FAILED)["token"]
    assert house.call("POST", "/v1/shop/resends", {"token": token, **more}).paths == ["token"]


def test_operations_are_jobs_of_their_account(house: House, site: str) -> None:
    put(house, site, 1)
    start(house, dry_run(house, **FAILED)["token"])
    records: list[Operation] = house.log.records(house.topics.operations)
    assert {record.account for record in records} == {"shop"}
    assert {record.author for record in records} == {"operator"}
