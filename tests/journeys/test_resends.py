"""Resends of many, through every process: exactly what was counted goes out, once, whatever happens to the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
SITES, EVENTS = 20, 3  # few failures a site: its breaker stays closed
COUNT = SITES * EVENTS


def failed_ones(hookline: Hookline, receiver: Receiver) -> Shop:
    shop = Shop(hookline)
    shop.endpoint()
    for number in range(SITES):
        shop.site(f"crm-{number}", receiver.url("/hooks"), retry_delays=[])
    receiver.script("/hooks", 500)
    for number in range(EVENTS):
        assert hookline.post("shop", "points", {"customer": f"c-{number}", "points": number})[0] == 200
    eventually(lambda: len(shop.log(status="failed")) == COUNT, what="all have failed")
    return shop


def job(hookline: Hookline, job_id: str) -> dict[str, Any]:
    status, found = hookline.api.exchange("GET", f"/v1/shop/resends/{job_id}")
    return found if status == 200 else {"state": "unknown", "sent": 0}


def test_a_resend_of_many_survives_a_killed_gateway_and_sends_nothing_twice(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline = make_hookline(retry_tiers="1s,1m")
    hookline.start()
    shop = failed_ones(hookline, receiver)
    counted = hookline.api.call("POST", "/v1/shop/resends", {"filter": {"status": "failed"}, "dry_run": True})
    assert counted["count"] == COUNT
    hookline.post("shop", "points", {"customer": "late", "points": 1})
    eventually(lambda: len(shop.log(status="failed")) == COUNT + SITES, what="more has failed since")
    receiver.script("/hooks", 200)
    before = len(receiver.at("/hooks"))

    started = hookline.api.call("POST", "/v1/shop/resends", {"token": counted["token"], "rate": 10})
    eventually(lambda: len(receiver.at("/hooks")) >= before + 5, what="some have gone out")
    hookline.kill("gateway")
    assert len(receiver.at("/hooks")) < before + COUNT
    hookline.start_role("gateway")
    eventually(hookline.is_ready, what="the gateway is back")

    ended = eventually(
        lambda: found if (found := job(hookline, started["id"]))["state"] == "done" else {},
        within=60,
        what="the job has ended",
    )
    assert (ended["count"], ended["sent"], ended["failed"]) == (COUNT, COUNT, 0)
    eventually(lambda: len(shop.log(resend_id=started["id"], status="done")) == COUNT)
    again = receiver.at("/hooks")[before:]
    assert len(again) == len({each.webhook_id for each in again}) == COUNT
    assert [row["status"] for row in shop.log(customer="late")] == ["failed"] * SITES


def test_a_cancelled_resend_stops(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(retry_tiers="1s,1m")
    hookline.start()
    failed_ones(hookline, receiver)
    receiver.script("/hooks", 200)
    before = len(receiver.at("/hooks"))
    counted = hookline.api.call("POST", "/v1/shop/resends", {"filter": {}, "dry_run": True})
    started = hookline.api.call("POST", "/v1/shop/resends", {"token": counted["token"], "rate": 5})
    eventually(lambda: len(receiver.at("/hooks")) > before, what="some have gone out")
    hookline.api.call("POST", f"/v1/shop/resends/{started['id']}/cancel")
    ended = eventually(lambda: found if (found := job(hookline, started["id"]))["state"] == "cancelled" else {})
    assert 0 < ended["sent"] < COUNT
    eventually(lambda: len(receiver.at("/hooks")) == before + ended["sent"], what="what was sent has arrived")


def test_the_command_line_counts_sends_and_shows(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(retry_tiers="1s,1m")
    hookline.start()
    shop = failed_ones(hookline, receiver)
    receiver.script("/hooks", 200)
    before = len(receiver.at("/hooks"))
    words = ("resend", "--status", "failed", "--since", "24h")
    of_one = hookline.command(*words, "--site", "crm-3", "--dry-run")
    assert of_one.stdout.strip() == str(EVENTS).encode(), of_one.stderr
    counted = hookline.command(*words, "--dry-run")
    assert (counted.returncode, counted.stdout.strip()) == (0, str(COUNT).encode()), counted.stderr
    sent = hookline.command(*words, "--yes", "--rate", "200")
    assert sent.returncode == 0, sent.stderr
    assert f"done: {COUNT} sent, 0 could not be sent".encode() in sent.stdout
    eventually(lambda: len(receiver.at("/hooks")) == before + COUNT, what="all have arrived")
    eventually(lambda: len(shop.log(trigger="bulk", status="done")) == COUNT, what="all are in the log")
    again = hookline.command(*words, "--dry-run")
    assert again.stdout.strip() == b"0", "what was delivered meanwhile is left out"
    assert f"{COUNT} delivered meanwhile".encode() in again.stderr
    assert b"dlv_" in hookline.command("log", "--status", "done", "--limit", "5").stdout
    assert b"nothing is waiting" in hookline.command("queue").stdout
