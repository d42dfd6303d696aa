"""Resends of many as jobs: what has been started goes out once and at its rate, whoever owns it and whatever fails."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from schemas.codec import decode_as, encode
from schemas.records import Operation
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.gateway.jobs import Jobs
from tests.gateway.resends import FAILED, a_site, commands, dry_run, put_failed, start, state
from tests.waiting import eventually


@pytest.fixture
def site(house: House) -> str:
    return a_site(house)


def test_a_job_that_two_gateways_started_at_once_has_its_set_once(house: House, site: str) -> None:
    put_failed(house, site, *range(5))
    start(house, dry_run(house, **FAILED)["token"])
    written = house.log.topics[house.topics.operations]
    part, state_of_it = written[-2:]
    written[-2:] = [part, part, state_of_it, part, state_of_it]  # as they may lie when both write
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert sorted(each.delivery_id for each in commands(house)) == [f"dlv_{n:03}" for n in range(5)]


def test_the_rate_is_kept(house: House, site: str) -> None:
    put_failed(house, site, *range(20))
    started = start(house, dry_run(house, **FAILED)["token"], rate=10)
    assert started["eta_seconds"] == 2.0
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    assert sum(jobs.naps) == pytest.approx(2.0)
    assert max(jobs.naps) <= 0.2 + 1e-9


def test_another_owner_goes_on_and_its_chains_are_the_same(house: House, site: str) -> None:
    put_failed(house, site, *range(10))
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
    put_failed(house, site, *range(10))
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
    put_failed(house, site, *range(10))
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
    put_failed(house, site, *range(10))
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
    put_failed(house, site, *range(3))
    started = start(house, dry_run(house, **FAILED)["token"])
    house.made("POST", f"/v1/shop/sites/{site}/archive")
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle)
    shown = state(house, started["id"])
    assert (shown["state"], shown["sent"], shown["failed"]) == ("done", 0, 3)


def test_a_job_of_an_older_version_goes_on(house: House, site: str) -> None:
    put_failed(house, site, *range(10))
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
