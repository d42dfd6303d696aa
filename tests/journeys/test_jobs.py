"""Jobs over the incoming log, and ids of producers, on real roles: what a kill of the gateway leaves of them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.hookline import Hookline
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
MANY = 1_100  # one answer holds a thousand
BASE = "/v1/shop/incoming-webhooks"


def job_of(hookline: Hookline, job_id: str) -> dict[str, Any]:
    """The job once it has ended."""

    def found() -> dict[str, Any]:
        status, job = hookline.api.exchange("GET", f"/v1/shop/jobs/{job_id}")
        return job if status == 200 and job["state"] != "running" else {}

    return eventually(found, within=120, what="the job has ended")


def counted(hookline: Hookline, path: str) -> int:
    return int(hookline.api.call("GET", f"{path}&count=true&limit=1")["count"])


def test_many_requests_run_again_over_a_kill_of_the_gateway_once_each(hookline: Hookline) -> None:
    hookline.start("gateway", "streams", "projector")
    made = Shop(hookline).endpoint()

    def send(number: int) -> int:
        return hookline.post("shop", "points", {"client": f"c-{number}", "points": number})[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(MANY))) == {422}
    eventually(lambda: counted(hookline, "/v1/shop/incoming-log?outcome=invalid") == MANY, within=60, what="all folded")

    mapping = [{"from": "client", "to": "customer"}, {"from": "points", "to": "data.points"}]
    tried = {"last": 5_000, "definition": made | {"mapping": mapping}}
    check = hookline.api.call("POST", f"{BASE}/{made['id']}/dry-run", tried)
    assert (check["type"], check["state"], check["count"]) == ("history", "running", MANY)
    checked = job_of(hookline, check["id"])
    assert (checked["state"], checked["checked"], checked["passed_before"], checked["passed_after"]) == (
        "done",
        MANY,
        0,
        MANY,
    )

    hookline.api.call("PUT", f"{BASE}/{made['id']}", made | {"mapping": mapping})
    run = hookline.api.call("POST", "/v1/shop/incoming-log/reprocess", {"filter": {"outcome": "invalid"}})
    assert (run["type"], run["count"]) == ("reprocess", MANY)
    hookline.kill("gateway")
    hookline.start_role("gateway")
    eventually(hookline.is_ready, what="the gateway is back")
    done = job_of(hookline, run["id"])
    assert (done["state"], done["reached"], done["outcomes"]) == ("done", MANY, {"accepted": MANY})
    rows = f"/v1/shop/incoming-log?run_id={run['id']}"
    eventually(lambda: counted(hookline, rows) == MANY, within=60, what="a row each")
    eventually(lambda: counted(hookline, "/v1/shop/events?action=point_add") == MANY, within=60, what="an event each")


def test_an_id_names_one_event_over_a_kill_of_the_gateway_and_without_the_store(hookline: Hookline) -> None:
    hookline.start("gateway", "streams")  # no projector: the store is never there
    mapping = [{"from": "customer", "to": "customer"}, {"from": "order", "to": "id"}]
    Shop(hookline).endpoint(mapping=mapping)
    event = {"id": "o-1", "customer": "c-1", "action": "point_add", "data": {}}

    def door(body: dict[str, Any]) -> int:
        return int(hookline.api.exchange("POST", "/v1/shop/events", body)[0])

    def endpoint(customer: str, order: str) -> int:
        return int(hookline.post("shop", "points", {"customer": customer, "order": order})[0])

    assert door(event) == 202
    assert endpoint("c-1", "o-2") == 200
    for killed in (False, True):
        if killed:
            hookline.kill("gateway")
            hookline.start_role("gateway")
            eventually(hookline.is_ready, what="the gateway is back")
        assert [door(event), endpoint("c-1", "o-1"), endpoint("c-1", "o-2")] == [202, 200, 200]
        assert [door(event | {"customer": "c-2"}), endpoint("c-2", "o-1"), endpoint("c-2", "o-2")] == [409, 422, 422]
        assert door(event | {"id": "o-2", "customer": "c-2"}) == 409
    bodies = [json.dumps({"customer": f"c-{number % 2}", "order": "o-3"}) for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda body: hookline.post("shop", "points", json.loads(body))[0], bodies))
    assert (statuses.count(200), statuses.count(422)) == (20, 20)
