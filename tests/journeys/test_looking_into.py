"""Logs followed live through a restart of the gateway, and a trace of what was not delivered, through every process."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gateway.cli import following
from tests.journeys.conftest import MakeHookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey


def follow(shop: Shop, name: str) -> list[str]:
    """The ids of the rows that a stream gives, as they come."""
    stream = following.Followed(shop.hookline.api, f"/v1/shop/{name}", {})
    ids: list[str] = []

    def read() -> None:
        ids.extend(row["id"] for row in stream.events())

    threading.Thread(target=read, daemon=True).start()
    return ids


def test_a_restart_of_the_gateway_costs_a_follower_no_row_and_shows_none_twice(
    make_hookline: MakeHookline, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "AGAIN_AFTER", 0.2)
    hookline = make_hookline()
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"))
    eventually(lambda: hookline.api.call("GET", "/v1/shop/webhook-log")["items"] == [], what="there is a store")
    attempts, requests = follow(shop, "webhook-log"), follow(shop, "incoming-log")
    for part in range(3):
        for number in range(20):
            assert hookline.post("shop", "points", {"customer": f"c-{number}", "points": 1})[0] == 200
        if part == 0:
            hookline.kill("gateway")
        elif part == 1:
            assert hookline.stop("gateway") == 0
        if part < 2:
            hookline.start("gateway")
    for name, seen in (("webhook-log", attempts), ("incoming-log", requests)):
        rows = settled(shop, name, seen)
        assert sorted(seen) == sorted(row["id"] for row in rows)


def settled(shop: Shop, name: str, seen: list[str]) -> list[Any]:
    """All rows of a log, once as many were seen."""
    eventually(lambda: len(seen) >= 60, what=f"all of {name} was followed")
    return eventually(lambda: full(shop.hookline.items(f"/v1/shop/{name}"), 60), what=f"the view has all of {name}")


def full(rows: list[Any], count: int) -> list[Any]:
    return rows if len(rows) >= count and all(row.get("status") != "queued" for row in rows) else []


def test_a_trace_says_why_nothing_was_sent_and_an_event_is_mended(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline = make_hookline()
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), actions=("opt_in",))
    _, answer = hookline.post("shop", "points", {"customer": "c-1", "points": 1})
    trace = eventually(lambda: found(shop, answer["event_id"]))
    assert [(each["subscription_name"], each["outcome"]) for each in trace["decisions"]] == [("crm", "action")]
    assert trace["request"]["event_id"] == answer["event_id"]

    hookline.produce(hookline.topics.customer_events, b'{"account":"shop","customer":"c-2","action":"vip_visit"}')
    (rejected,) = eventually(lambda: hookline.items("/v1/shop/rejected"))
    assert (rejected["reason"], rejected["state"]) == ("unknown_action", "open")
    hookline.api.call("POST", "/v1/shop/custom-actions", {"name": "vip_visit", "label": "A visit"})
    shop.site("vips", receiver.url("/hooks"), actions=("vip_visit",))
    done = hookline.api.call("POST", f"/v1/shop/rejected/{rejected['id']}/retry")
    (message,) = eventually(lambda: receiver.at("/hooks"))
    story = eventually(lambda: ended(shop, message.webhook_id))
    assert [each["outcome"] for each in story["decisions"]] == ["action", "matched"]
    assert [each["status"] for each in story["deliveries"][0]["attempts"]] == ["done"]
    items = hookline.items("/v1/shop/rejected", state="retried", after=done["position"])
    assert [each["id"] for each in items] == [rejected["id"]]


def found(shop: Shop, any_id: str) -> Any:
    status, trace = shop.hookline.api.exchange("GET", f"/v1/shop/events/{any_id}/trace")
    return trace if status == 200 and trace["event"] else None


def ended(shop: Shop, delivery_id: str) -> Any:
    trace = found(shop, delivery_id)
    done = trace and [row["status"] for each in trace["deliveries"] for row in each["attempts"]] == ["done"]
    return trace if done else None
