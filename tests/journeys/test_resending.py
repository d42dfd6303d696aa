"""What becomes of a message that its site does not take: resent on schedule, then done or dead."""

from __future__ import annotations

from itertools import pairwise

import pytest

from schemas import codec
from schemas.records import Delivery
from tests.journeys.conftest import MakeHookline
from tests.journeys.receiver import Answer, Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
TIERS = "1s,5s"


def test_a_site_that_fails_twice_gets_the_message_the_third_time(
    make_hookline: MakeHookline, receiver: Receiver
) -> None:
    hookline = make_hookline(retry_tiers=TIERS)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), retry_delays=["1s"] * 5)
    receiver.script("/hooks", 500, 500, 200)

    hookline.post("shop", "points", {"customer": "c-1", "points": 1})

    first = eventually(lambda: receiver.at("/hooks"))[0]
    rows = shop.ended(first.webhook_id)
    assert [row["status"] for row in rows] == ["resent", "resent", "done"]
    assert [row["response_code"] for row in rows] == [500, 500, 200]
    requests = receiver.at("/hooks")
    assert len({(each.webhook_id, each.body) for each in requests}) == 1, "same id and body on every attempt"
    assert all(later.at - earlier.at >= 0.99 for earlier, later in pairwise(requests)), "never early"


def test_a_delivery_that_fails_six_times_is_dead(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(retry_tiers=TIERS)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), retry_delays=["1s"] * 5)
    receiver.script("/hooks", Answer(302, headers=(("location", receiver.url("/elsewhere")),)))

    hookline.post("shop", "points", {"customer": "c-1", "points": 1})

    first = eventually(lambda: receiver.at("/hooks"))[0]
    rows = shop.ended(first.webhook_id)
    assert [row["status"] for row in rows] == ["resent"] * 5 + ["failed"]
    assert len(receiver.at("/hooks")) == 6
    assert receiver.at("/elsewhere") == [], "redirects are not followed"
    (dead,) = eventually(lambda: hookline.records(hookline.topics.dead_letters))
    assert dead.response_code == 302
    assert codec.decode_as(Delivery, dead.delivery).body == first.body


def test_a_site_at_a_private_address_is_never_called(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(retry_tiers=TIERS)
    hookline.start("gateway", "streams", "projector")
    hookline.start_role("courier", allowed_networks="10.0.0.0/8")
    shop = Shop(hookline)
    shop.endpoint()
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        shop.site(host, receiver.url("/hooks").replace("127.0.0.1", host), retry_delays=[])

    hookline.post("shop", "points", {"customer": "c-1", "points": 1})

    rows = eventually(lambda: found if len(found := shop.log(status="failed")) == 3 else [])
    assert {(row["error"], row["response_code"]) for row in rows} == {("forbidden_address", None)}
    assert receiver.received == []


def test_a_site_that_hangs_delays_no_other(make_hookline: MakeHookline, receiver: Receiver) -> None:
    hookline = make_hookline(retry_tiers=TIERS)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    receiver.script("/hangs", Answer(delay=120))
    shop.site("hangs", receiver.url("/hangs"), timeout_seconds=60, parallel=2)
    for number in range(9):
        shop.site(f"good-{number}", receiver.url(f"/good/{number}"), parallel=10)
    hookline.post("shop", "points", {"customer": "warm", "points": 1})
    eventually(lambda: all(receiver.at(f"/good/{number}") for number in range(9)), what="everything is warm")

    before = len(receiver.received)
    answered = [hookline.post("shop", "points", {"customer": f"c-{n}", "points": n})[0] for n in range(40)]
    assert answered == [200] * 40

    def good() -> int:
        return sum(each.path.startswith("/good/") for each in receiver.received[before:])

    eventually(lambda: good() >= 9 * 40, what="all messages of the good sites")
    assert [row for row in shop.log() if row["site_name"] == "hangs" and row["error"]] == [], "it hangs all the while"
    assert len(receiver.at("/hangs")) <= 2, "its cap holds meanwhile"
