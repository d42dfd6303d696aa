"""Several of each role on one Kafka and one PostgreSQL: members come and go, and nothing is lost."""

from __future__ import annotations

import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from tests.journeys.conftest import MakeHookline
from tests.journeys.fleet import Fleet, accepted
from tests.journeys.hookline import ROLES, Hookline
from tests.journeys.load import Sent
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.postgres import Postgres
from tests.waiting import eventually

pytestmark = pytest.mark.journey
POINTS = "/beta/webhooks/custom/shop/points"
PROVE = 120.0  # seconds
SETTLE = 180.0  # seconds until all is delivered and logged after the last change


@pytest.fixture
def fleet(make_hookline: MakeHookline, receiver: Receiver, postgres: Postgres) -> Fleet:
    """Two of each role, an endpoint and a site."""
    hookline = make_hookline(database_url=postgres.url(postgres.create()), partitions=6)
    fleet = Fleet(hookline)
    fleet.start_two()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), parallel=50, timeout_seconds=30)
    return fleet


def nothing_is_lost(hookline: Hookline, receiver: Receiver, sent: list[Sent]) -> None:
    """Every 2xx's event is delivered, and has its request, its event and its row in the log, once each."""
    wanted = {each.body["event_id"] for each in sent}
    assert len(wanted) == len(sent), "each request is an event of its own"

    def missing() -> set[str]:
        return wanted - {each.json["id"] for each in list(receiver.received)}

    eventually(lambda: not missing(), within=SETTLE, what=f"{len(wanted)} events are delivered")

    def logged(path: str, field: str, **query: str) -> list[str]:
        return [row[field] for row in hookline.items(f"/v1/shop/{path}", limit="500", **query)]

    for path, field, query in (
        ("webhook-log", "event_id", {"status": "done"}),
        ("incoming-log", "event_id", {"outcome": "accepted"}),
        ("events", "id", dict[str, str]()),
    ):
        eventually(partial(all_in, wanted, partial(logged, path, field, **query)), within=SETTLE, what=path)
    assert [each for each, count in Counter(logged("events", "id")).items() if count > 1] == []
    assert [each for each, count in Counter(logged("webhook-log", "id")).items() if count > 1] == []


def all_in(wanted: set[str], logged: Callable[[], list[str]]) -> bool:
    return wanted <= set(logged())


def copies_are_the_same(receiver: Receiver) -> int:
    """A message that came again came with the same id and body; answers how many did."""
    bodies: dict[str, set[bytes]] = {}
    for each in receiver.received:
        bodies.setdefault(each.webhook_id, set()).add(each.body)
    assert [each for each, found in bodies.items() if len(found) > 1] == []
    return len(receiver.received) - len(bodies)


def test_members_come_and_go_and_one_dies_for_good(fleet: Fleet, receiver: Receiver) -> None:
    with fleet.under_load(POINTS) as loads:
        eventually(lambda: all(load.accepted for load in loads), what="both gateways take requests")
        eventually(lambda: receiver.received, within=60, what="messages arrive")
        for role in ROLES[1:]:
            fleet.add(role, 2)
            fleet.remove(role, 0, signal.SIGKILL)  # and does not come back
        fleet.remove("gateway", 1, signal.SIGKILL)
        fleet.add("gateway", 1)
        fleet.remove("streams", 1, signal.SIGTERM)
        here = len(receiver.received)
        eventually(lambda: len(receiver.received) > here + 100, within=60, what="messages go on")
        eventually(lambda: loads[1].sent[-1].status == 200, within=60, what="the second gateway is back")
    nothing_is_lost(fleet.hookline, receiver, accepted(loads))
    copies_are_the_same(receiver)


@pytest.mark.prove
@pytest.mark.timeout(0)
def test_two_minutes_of_random_kills_lose_nothing(fleet: Fleet, receiver: Receiver) -> None:
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    with fleet.under_load(POINTS) as loads:
        eventually(lambda: receiver.received, within=60, what="messages arrive")
        fleet.change_for(PROVE, random.Random(seed))  # noqa: S311 - a test's dice
        fleet.start_two()
    sent = accepted(loads)
    nothing_is_lost(fleet.hookline, receiver, sent)
    again = copies_are_the_same(receiver)
    done = Counter(each.split()[0] for each in fleet.done)
    sys.stdout.write(f"{len(sent)} accepted, lost 0, {again} messages came again; members: {dict(done)}\n")
