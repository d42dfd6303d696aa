"""One site's trouble is nobody else's: messages wait, are held back or end, and go out when it is well again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Answer, Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
TIERS = "1s,5s"


def started(make_hookline: MakeHookline) -> tuple[Hookline, Shop]:
    hookline = make_hookline(retry_tiers=TIERS)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    return hookline, shop


def post(hookline: Hookline, count: int, first: int = 0) -> None:
    """Requests about one customer, so that they have an order."""
    for number in range(first, first + count):
        assert hookline.post("shop", "points", {"customer": "c-1", "points": number})[0] == 200


def queue(hookline: Hookline, site: dict[str, Any]) -> list[Any]:
    return [row for row in hookline.items("/v1/shop/queue") if row["site_id"] == site["id"]]


def test_a_disabled_site_keeps_its_messages_and_gets_them_in_order_once_it_is_enabled(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline, shop = started(make_hookline)
    site = shop.site("crm", receiver.url("/crm"))
    shop.site("erp", receiver.url("/erp"))
    hookline.api.call("POST", f"/v1/shop/sites/{site['id']}/disable")
    post(hookline, 10)
    eventually(lambda: len(receiver.at("/erp")) == 10, what="the other site has all of them")
    waiting = eventually(
        lambda: [row for row in queue(hookline, site) if row["reason"] == "parked"][9:] and queue(hookline, site),
        what="ten are parked",
    )
    assert {(row["reason"], row["blocked_by"]) for row in waiting} == {("parked", "site_inactive")}

    hookline.kill("courier")
    hookline.start("courier")
    hookline.api.call("POST", f"/v1/shop/sites/{site['id']}/enable")
    eventually(lambda: len(receiver.at("/crm")) == 10, what="all of them arrive")
    assert [each.json["data"]["points"] for each in receiver.at("/crm")] == list(range(10))
    eventually(lambda: queue(hookline, site) == [], what="nothing waits")
    post(hookline, 1, first=10)
    eventually(lambda: len(receiver.at("/crm")) == 11, what="what is new goes out at once")


def test_a_site_that_asks_for_time_gets_it_and_one_that_is_gone_is_disabled(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline, shop = started(make_hookline)
    receiver.script("/busy", Answer(503, headers=(("Retry-After", "3"),)), 200)
    receiver.script("/gone", 410)
    shop.site("busy", receiver.url("/busy"), retry_delays=["1s"] * 5)
    gone = shop.site("gone", receiver.url("/gone"), retry_delays=["1s"] * 5)
    post(hookline, 1)

    eventually(lambda: len(receiver.at("/busy")) == 2, what="it is asked again")
    first, second = receiver.at("/busy")
    assert second.at - first.at >= 2.9
    path = f"/v1/shop/sites/{gone['id']}"
    eventually(lambda: hookline.api.call("GET", path)["state"] == "inactive", what="the site is disabled")
    eventually(lambda: any(row["reason"] == "parked" for row in queue(hookline, gone)), what="its message is parked")
    assert len(receiver.at("/gone")) == 1


def test_a_site_that_fails_is_left_alone_while_the_others_go_on(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline, shop = started(make_hookline)
    receiver.script("/sick", 500)
    sick = shop.site("sick", receiver.url("/sick"), retry_delays=["1s"] * 5)
    shop.site("well", receiver.url("/well"), parallel=10)
    post(hookline, 10)
    path = f"/v1/shop/sites/{sick['id']}"
    eventually(lambda: hookline.api.call("GET", path)["health"]["breaker"] != "closed", what="its breaker opens")
    failed = len(receiver.at("/sick"))
    receiver.script("/sick", 200)
    post(hookline, 20, first=10)
    eventually(lambda: len(receiver.at("/well")) == 30, what="the other site has all of them")
    eventually(lambda: queue(hookline, sick), what="its messages are in the queue")
    eventually(lambda: len({each.webhook_id for each in receiver.at("/sick")[failed:]}) == 30, what="all have arrived")
    arrived = receiver.at("/sick")
    assert arrived[failed].at - arrived[failed - 1].at > 5, "nothing is sent to it before the probe"
    assert {each.webhook_id for each in arrived[:failed]} <= {each.webhook_id for each in arrived[failed:]}
