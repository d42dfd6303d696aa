"""Jobs over the incoming log: what would have been, and requests again, of more than one answer holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.api import dry_runs, reprocessing
from gateway.api.job_shapes import HistoryJob, HistoryStarted, ReprocessJob, ReprocessStarted
from gateway.jobs import checking
from gateway.jobs import reprocessing as portions
from schemas.codec import encode
from schemas.records import IncomingRequest, Operation
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.gateway.jobs import Jobs
from tests.waiting import eventually

BASE = "/v1/shop/incoming-webhooks"
REPROCESS = "/v1/shop/incoming-log/reprocess"
OPEN = [{"from": "client", "to": "customer"}, {"from": "points", "to": "data.points"}]
STRICT = {"attribute": "body.points", "operator": "greater_than", "value": 5}
SECRET = "t0ken-of-the-till"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five requests are more than an answer holds, and a portion has three."""
    for module in (dry_runs, reprocessing):
        monkeypatch.setattr(module, "AT_ONCE", 5)
    for module in (checking, portions):
        monkeypatch.setattr(module, "PORTION", 3)


def history(house: House, made: dict[str, Any], last: int = 100, **definition: Any) -> Any:
    fold(house)
    changed = {"definition": made | definition} if definition else {}
    return house.call("POST", f"{BASE}/{made['id']}/dry-run", {"last": last, **changed})


def reprocess(house: House, **sent: Any) -> dict[str, Any]:
    fold(house)
    answer = house.call("POST", REPROCESS, {"filter": {"outcome": "invalid"}} | sent)
    assert answer.status == 202, answer.body
    found: dict[str, Any] = answer.json
    return found


def accepted(house: House, count: int) -> None:
    for number in range(count):
        assert house.post("points", {"customer": f"c-{number}", "points": number}).status == 200


def failed(house: House, count: int) -> dict[str, Any]:
    """Requests that were invalid, and the definition that takes them now."""
    made = house.webhook()
    for number in range(count):
        assert house.post("points", {"client": f"c-{number}", "points": number}).status == 422
    repaired: dict[str, Any] = house.made("PUT", f"{BASE}/{made['id']}", made | {"mapping": OPEN})
    return repaired


def shown(house: House, job_id: str) -> dict[str, Any]:
    fold(house)
    found: dict[str, Any] = house.made("GET", f"/v1/shop/jobs/{job_id}")
    return found


def run(house: House) -> Jobs:
    jobs = Jobs(house)
    jobs.own()
    eventually(jobs.idle, what="the job has ended")
    return jobs


def reruns(house: House) -> list[IncomingRequest]:
    return [each for each in house.requests if each.run_id]


def test_history_of_many_is_a_job_that_finds_what_an_answer_finds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house.webhook()
    accepted(house, 12)
    answer = history(house, made, filters=STRICT)
    assert answer.status == 202
    begun = HistoryStarted.model_validate(answer.json)
    assert (begun.state, begun.count, begun.reached, begun.checked) == ("running", 12, 0, 0)
    run(house)
    done = HistoryJob.model_validate(found := shown(house, begun.id))
    assert (done.state, done.reached, done.checked, done.skipped) == ("done", 12, 12, 0)
    assert (done.passed_before, done.passed_after, done.changed_count) == (12, 6, 6)
    monkeypatch.setattr(dry_runs, "AT_ONCE", 1000)
    at_once = history(house, made, filters=STRICT).json
    assert {name: found[name] for name in at_once} == at_once


def test_history_of_few_is_answered_however_many_were_asked_for(house: House) -> None:
    made = house.webhook()
    accepted(house, 5)
    answer = history(house, made, last=100_000)
    assert (answer.status, answer.json["checked"]) == (200, 5)


def test_of_what_changed_few_are_shown_and_all_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_CHANGED", 2)
    made = house.webhook()
    accepted(house, 12)
    job = history(house, made, filters=STRICT).json
    run(house)
    found = shown(house, job["id"])
    assert (found["changed_count"], len(found["changed"])) == (6, 2)
    (listed,) = house.made("GET", "/v1/shop/jobs")["items"]
    assert (listed["id"], listed["changed_count"], listed["changed"]) == (job["id"], 6, [])


def test_a_definition_that_is_tried_is_nowhere_in_clear(house: House) -> None:
    filters = {"attribute": "headers.X-Token", "operator": "equals", "value": SECRET, "secret": True}
    made = house.webhook(filters=filters)
    for _ in range(6):
        assert house.post("points", {"customer": "c"}, {"X-Token": SECRET}).status == 200
    job = history(house, made, mapping=[{"from": "points", "to": "customer"}]).json
    run(house)
    found = shown(house, job["id"])
    assert (found["passed_before"], found["passed_after"]) == (6, 0)
    assert SECRET not in json.dumps(found)
    assert "definition" not in found
    for record in house.log.records(house.topics.operations):
        assert SECRET.encode() not in encode(record)


def test_requests_again_of_many_are_a_job(house: House) -> None:
    now = failed(house, 10)
    begun = ReprocessStarted.model_validate(reprocess(house))
    assert (begun.state, begun.count, begun.reached, begun.outcomes) == ("running", 10, 0, {})
    run(house)
    done = ReprocessJob.model_validate(shown(house, begun.id))
    assert (done.state, done.reached, done.outcomes, done.items) == ("done", 10, {"accepted": 10}, [])
    made = reruns(house)
    assert {each.run_id for each in made} == {begun.id}
    assert [each.customer for each in made] == [f"c-{number}" for number in range(10)]
    assert {each.definition_revision for each in made} == {now["revision"]}
    rows = house.made("GET", f"/v1/shop/incoming-log?run_id={begun.id}&after={done.rows}")
    assert (len(rows["items"]), rows["stale"]) == (10, False)


def test_a_dry_run_of_many_writes_nothing_and_shows_what_would_fail(house: House) -> None:
    made = failed(house, 10)
    house.made("PUT", f"{BASE}/{made['id']}", made | {"filters": STRICT})
    job = reprocess(house, dry_run=True)
    run(house)
    found = shown(house, job["id"])
    assert (found["dry_run"], found["outcomes"]) == (True, {"filtered": 6, "accepted": 4})
    assert [each["outcome"] for each in found["items"]] == ["filtered"] * 6
    assert found["rows"] is None
    assert reruns(house) == []


def test_another_gateway_goes_on_and_gives_the_same_rows_and_events(house: House) -> None:
    failed(house, 10)
    job = reprocess(house)
    run(house)
    house.log.topics[house.topics.operations].pop()  # the last word did not get out
    fold(house)
    run(house)
    again = reruns(house)
    assert len(again) == 20
    assert len({(each.id, each.event_id) for each in again}) == 10
    found = shown(house, job["id"])
    assert (found["state"], found["outcomes"], found["left_out"]["gave_an_event"]) == ("done", {"accepted": 10}, 0)


def test_history_begins_anew_on_another_gateway(house: House) -> None:
    made = house.webhook()
    accepted(house, 12)
    job = history(house, made, filters=STRICT).json
    run(house)
    house.log.topics[house.topics.operations].pop()
    run(house)
    assert shown(house, job["id"])["checked"] == 12


def test_a_job_is_cancelled_paused_and_resumed(house: House) -> None:
    failed(house, 10)
    path = f"/v1/shop/jobs/{reprocess(house)['id']}"
    fold(house)
    assert house.call("POST", f"{path}/pause").status == 202
    jobs = run(house)
    assert reruns(house) == []
    assert house.call("POST", f"{path}/resume").status == 202
    jobs.feed()
    eventually(lambda: jobs.idle() and len(reruns(house)) == 10)
    second = reprocess(house, include_accepted=True)
    path = f"/v1/shop/jobs/{second['id']}"
    fold(house)
    asked = house.call("POST", f"{path}/cancel")
    assert (asked.status, asked.json["position"].split(":")[0]) == (202, "operations")
    run(house)
    assert shown(house, second["id"])["state"] == "cancelled"
    assert len(reruns(house)) == 10
    assert house.call("POST", f"{path}/resume").status == 409


def test_a_key_that_is_gone_leaves_requests_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.webhook()
    for _ in range(6):
        assert house.post("points", {"client": "c"}, {"X-Token": SECRET}).status == 422
    job = reprocess(house)
    monkeypatch.setattr(house.keyring, "_keys", {})
    run(house)
    found = shown(house, job["id"])
    assert (found["state"], found["left_out"]["unreadable"]) == ("done", 6)


def test_a_job_that_cannot_be_run_ends_and_says_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house.webhook()
    accepted(house, 6)
    job = history(house, made, filters=STRICT).json
    monkeypatch.setattr(house.keyring, "_keys", {})
    run(house)
    found = shown(house, job["id"])
    assert (found["state"], found["eta_seconds"]) == ("cancelled", None)
    assert "key" in found["error"]


def test_a_set_that_is_not_whole_ends(house: House) -> None:
    failed(house, 10)
    job = reprocess(house)
    operations = house.log.topics[house.topics.operations]
    del operations[0]  # the one part
    run(house)
    found = shown(house, job["id"])
    assert (found["state"], found["left_out"]["not_whole"]) == ("done", 10)


def test_jobs_are_of_one_account_and_resends_are_not_among_them(house: House) -> None:
    failed(house, 10)
    job = reprocess(house)
    house.made("PUT", "/v1/accounts/other")
    fold(house)
    assert house.call("GET", f"/v1/other/jobs/{job['id']}").status == 404
    assert house.call("POST", f"/v1/other/jobs/{job['id']}/cancel").status == 404
    assert house.call("GET", f"/v1/shop/resends/{job['id']}").status == 404
    assert house.made("GET", "/v1/shop/resends")["items"] == []
    assert house.made("GET", "/v1/shop/jobs?state=done")["items"] == []
    records: list[Operation] = house.log.records(house.topics.operations)
    assert {each.account for each in records} == {"shop"}
