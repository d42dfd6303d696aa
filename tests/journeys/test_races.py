"""What people do at the same time, and while messages are on their way: nothing is lost, stuck, or sent for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import standardwebhooks

from tests.broker import Broker
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Answer, Received, Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
TOGETHER = 8
Call = Callable[[], tuple[int, Any]]


@pytest.fixture(scope="module")
def shop(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    hookline = Hookline(broker, tmp_path_factory.mktemp("races"), "races.", retry_tiers="1s,1m", drain_rate="1000/s")
    hookline.create_topics()
    try:
        hookline.start()
        yield Shop(hookline)
    finally:
        hookline.stop_all()
        hookline.delete_topics()


def post(shop: Shop, path: str, method: str = "POST", body: Any = None) -> Call:
    """A call to be made."""
    return partial(shop.hookline.api.exchange, method, path, body)


def at_once(calls: list[Call]) -> list[int]:
    """The statuses of calls that are made at the same time."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return [made.result()[0] for made in [pool.submit(each) for each in calls]]


def send(shop: Shop, action: str, count: int, customer: str = "c") -> None:
    events = [{"customer": f"{customer}-{number}", "action": action} for number in range(count)]
    items = shop.hookline.api.call("POST", "/v1/shop/events", {"events": events})["items"]
    assert all("id" in item for item in items)


def rows(shop: Shop, site: dict[str, Any]) -> list[Any]:
    return shop.log(site_id=site["id"])


def ended(shop: Shop, site: dict[str, Any], count: int) -> dict[str, list[Any]]:
    """The rows of each delivery of a site, oldest first, once there are so many and nothing of it waits."""

    def look() -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in sorted(rows(shop, site), key=lambda row: (row["chain"], row["attempt"])):
            found.setdefault(row["delivery_id"], []).append(row)
        waits = any(row["status"] == "queued" for each in found.values() for row in each)
        waits |= any(row["site_id"] == site["id"] for row in shop.hookline.items("/v1/shop/queue"))
        return found if len(found) == count and not waits else {}

    return eventually(look, within=60, what=f"{count} messages of {site['name']} have ended")


@pytest.mark.parametrize(
    ("ordering", "action"), [("none", "point_add"), ("customer", "point_spend"), ("site", "point_unspend")]
)
def test_a_site_that_is_disabled_and_enabled_while_it_is_sent_to_gets_every_message_once(
    shop: Shop, receiver: Receiver, ordering: str, action: str
) -> None:
    path = f"/flips-{ordering}"
    receiver.script(path, Answer(delay=0.01))
    site = shop.site(path[1:], receiver.url(path), actions=(action,), parallel=4, ordering=ordering)
    verbs = [post(shop, f"/v1/shop/sites/{site['id']}/{verb}") for verb in ("disable", "enable") * 2]
    for round_ in range(5):
        events = [{"customer": f"c-{n % 4}", "action": action, "data": {"n": 40 * round_ + n}} for n in range(40)]
        shop.hookline.api.call("POST", "/v1/shop/events", {"events": events})
        assert set(at_once(verbs)) <= {200, 409}
    shop.hookline.api.call("POST", f"/v1/shop/sites/{site['id']}/enable")
    ended(shop, site, 200)
    arrived = receiver.at(path)
    assert Counter(Counter(each.webhook_id for each in arrived).values()) == {1: 200}
    if ordering != "none":
        for customer in {each.json["customer"] for each in arrived}:
            numbers = [each.json["data"]["n"] for each in arrived if each.json["customer"] == customer]
            assert numbers == sorted(numbers)


def test_resends_of_one_message_at_the_same_time_are_chains_that_all_end(shop: Shop, receiver: Receiver) -> None:
    receiver.script("/again", 500)
    site = shop.site("again", receiver.url("/again"), actions=("point_sub",), retry_delays=["1m"])
    send(shop, "point_sub", 1)
    (first,) = eventually(lambda: [row for row in rows(shop, site) if row["status"] == "resent"])
    receiver.script("/again", Answer(delay=0.05))
    path = f"/v1/shop/webhook-log/{first['id']}/resend"
    assert at_once([post(shop, path)] * TOGETHER) == [202] * TOGETHER
    ((_, *chain),) = eventually(
        lambda: found if len((found := list(ended(shop, site, 1).values()))[0]) >= TOGETHER + 2 else [],
        what="each asked for is in the log",
    )
    assert {row["status"] for row in chain} <= {"done", "failed"}
    assert all(row["error"] == "superseded" for row in chain if row["status"] == "failed")
    done = [row for row in chain if row["status"] == "done"]
    assert done
    assert len(receiver.at("/again")) == 1 + len(done)
    assert len({each.body for each in receiver.at("/again")}) == 1


def test_what_is_cancelled_and_sent_now_at_the_same_time_is_one_of_them(shop: Shop, receiver: Receiver) -> None:
    receiver.script("/torn", 500)
    site = shop.site("torn", receiver.url("/torn"), actions=("checkout",), retry_delays=["1m"] * 5, parallel=10)
    send(shop, "checkout", 4)
    waiting = eventually(
        lambda: found if len(found := [row for row in rows(shop, site) if row["status"] == "resent"]) == 4 else []
    )
    receiver.script("/torn", 200)
    verbs = ("cancel", "send-now", "send-now", "cancel")
    asked = [post(shop, f"/v1/shop/queue/{row['delivery_id']}/{verb}") for row in waiting for verb in verbs]
    assert set(at_once(asked)) <= {202, 404, 409}
    for first, last in ended(shop, site, 4).values():
        assert (first["status"], last["attempt"]) == ("resent", 2)
        assert (last["status"], last["error"]) in {("done", None), ("failed", "cancelled")}
        times = sum(each.webhook_id == first["delivery_id"] for each in receiver.at("/torn"))
        assert times == 1 + (last["status"] == "done")


def test_a_secret_that_is_removed_while_it_signs_leaves_no_message_unsigned(shop: Shop, receiver: Receiver) -> None:
    receiver.script("/keys", Answer(delay=0.01))
    authentication = {"type": "standard_webhooks", "secrets": ["whsec_" + "A" * 32]}
    site = shop.site("keys", receiver.url("/keys"), actions=("refund",), authentication=authentication, parallel=4)
    path = f"/v1/shop/sites/{site['id']}"
    secrets = ["whsec_" + "A" * 32]
    for round_ in range(6):
        send(shop, "refund", 20, f"k{round_}")
        made = shop.hookline.api.call("POST", f"{path}/secrets")
        secrets.append(made["secret"])
        send(shop, "refund", 20, f"l{round_}")
        older = shop.hookline.api.call("GET", path)["authentication"]["secrets"][-1]["id"]
        removed = at_once([post(shop, f"{path}/secrets/{older}", "DELETE")] * 2)
        assert 204 in removed or 200 in removed, removed
    assert all(each[-1]["status"] == "done" for each in ended(shop, site, 240).values())
    assert all(any(verified(secret, each) for secret in secrets) for each in receiver.at("/keys"))
    send(shop, "refund", 1, "last")
    last = eventually(lambda: [each for each in receiver.at("/keys") if each.json["customer"] == "last-0"])[0]
    assert [verified(secret, last) for secret in secrets[-2:]] == [False, True]


def verified(secret: str, message: Received) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(message.body.decode(), message.headers)
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def test_a_site_that_is_archived_and_changed_while_it_is_sent_to_ends_every_message(
    shop: Shop, receiver: Receiver
) -> None:
    for path in ("/old", "/new"):
        receiver.script(path, Answer(delay=0.2))  # a hundred of them take ten seconds: all below is done meanwhile
    site = shop.site("moves", receiver.url("/old"), actions=("opt_in",), parallel=2)
    path = f"/v1/shop/sites/{site['id']}"
    send(shop, "opt_in", 100)
    eventually(lambda: receiver.at("/old"), what="it has begun")
    now = shop.hookline.api.call("GET", path)
    put = [post(shop, path, "PUT", now | {"url": receiver.url("/new")})] * 3
    assert sorted(at_once(put)) == [200, 409, 409], "one of them wins, the others are told"
    eventually(lambda: receiver.at("/new"), what="the next ones go to the new address")
    assert 200 in at_once([post(shop, f"{path}/{verb}") for verb in ("archive", "disable")])
    shop.hookline.api.call("POST", f"{path}/archive")
    found = ended(shop, site, 100)
    last = Counter((each[-1]["status"], each[-1]["error"]) for each in found.values())
    assert set(last) == {("done", None), ("failed", "archived")}
    assert last["done", None] == len(receiver.at("/old")) + len(receiver.at("/new"))
