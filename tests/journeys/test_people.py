"""What people do about outgoing webhooks, through every process: test a site, send again, cancel, send now."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey


@pytest.fixture
def hookline(make_hookline: MakeHookline) -> Hookline:
    one = make_hookline(retry_tiers="1s,1m")
    one.start()
    return one


def rows_of(shop: Shop, webhook_id: str) -> list[Any]:
    return sorted(shop.log(delivery_id=webhook_id), key=lambda row: (row["chain"], row["attempt"]))


def test_a_site_is_tested_then_a_failed_message_is_sent_again(hookline: Hookline, receiver: Receiver) -> None:
    shop = Shop(hookline)
    shop.endpoint()
    site = shop.site("crm", receiver.url("/hooks"), retry_delays=[])
    done = hookline.api.call("POST", f"/v1/shop/sites/{site['id']}/test")
    assert (done["status"], done["response_code"]) == ("done", 200)
    tested = hookline.api.call("GET", "/v1/shop/webhook-log", query={"action": "test", "after": done["position"]})
    assert [row["id"] for row in tested["items"]] == [done["id"]]

    receiver.script("/hooks", 500, 200)
    hookline.post("shop", "points", {"customer": "c-1", "points": 1})
    (failed,) = eventually(lambda: shop.log(status="failed", customer="c-1"))
    asked = hookline.api.call("POST", f"/v1/shop/webhook-log/{failed['id']}/resend")
    rows = eventually(
        lambda: [row for row in rows_of(shop, failed["delivery_id"]) if row["id"] in asked["attempt_ids"]]
    )
    eventually(lambda: rows_of(shop, failed["delivery_id"])[-1]["status"] == "done", what="the resend is done")
    assert [row["chain"] for row in rows] == [1]
    requests = [each for each in receiver.at("/hooks") if each.webhook_id == failed["delivery_id"]]
    assert len(requests) == 2
    assert len({each.body for each in requests}) == 1


def test_a_pending_retry_is_superseded_cancelled_or_hurried(hookline: Hookline, receiver: Receiver) -> None:
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), retry_delays=["1m"] * 5)
    receiver.script("/hooks", 500)
    for customer in ("again", "cancelled", "hurried"):
        hookline.post("shop", "points", {"customer": customer, "points": 1})
    resent = {row["customer"]: row for row in eventually(lambda: full(shop.log(status="resent"), 3))}
    summary = eventually(lambda: hookline.api.call("GET", "/v1/shop/queue/summary"))
    assert [(group["reason"], group["count"]) for group in summary["items"]] == [("retrying", 3)]

    receiver.script("/hooks", 200)
    hookline.api.call("POST", f"/v1/shop/webhook-log/{resent['again']['id']}/resend")
    hookline.api.call("POST", f"/v1/shop/queue/{resent['cancelled']['delivery_id']}/cancel")
    hookline.api.call("POST", f"/v1/shop/queue/{resent['hurried']['delivery_id']}/send-now")

    def story(customer: str) -> list[tuple[int, int, str, str | None]]:
        rows = rows_of(shop, resent[customer]["delivery_id"])
        return [(row["chain"], row["attempt"], row["status"], row["error"]) for row in rows]

    wanted = {
        "again": [(0, 1, "resent", None), (0, 2, "failed", "superseded"), (1, 1, "done", None)],
        "cancelled": [(0, 1, "resent", None), (0, 2, "failed", "cancelled")],
        "hurried": [(0, 1, "resent", None), (0, 2, "done", None)],
    }
    eventually(lambda: {each: story(each) for each in wanted} == wanted, what=lambda: str([*map(story, wanted)]))
    eventually(lambda: hookline.items("/v1/shop/queue") == [], what="nothing waits any more")
    assert len(receiver.at("/hooks")) == 5


def full(rows: list[Any], count: int) -> list[Any]:
    return rows if len(rows) >= count else []
