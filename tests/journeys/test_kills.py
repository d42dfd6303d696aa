"""kill -9 of each role, and of Kafka, under load: every 2xx's event is delivered, no row is missing, none forked."""

from __future__ import annotations

import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from schemas.records import AttemptStatus
from tests.broker import Broker
from tests.journeys.conftest import MakeHookline
from tests.journeys.hookline import Hookline
from tests.journeys.load import Load, Sent
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
RATE = 200  # requests a second
PARALLEL = 50  # requests in flight to the site
ROLES = ("gateway", "streams", "courier", "projector")
ROUNDS = int(os.environ.get("HOOKLINE_PROVE", "5"))


@dataclass(frozen=True, slots=True)
class Known:
    """At one kill: how much had arrived, and the deliveries that the log had as done, which none of the rest may be."""

    arrived: int
    done: frozenset[str]


def known(hookline: Hookline, receiver: Receiver) -> Known:
    rows = hookline.records(hookline.topics.attempts)
    done = frozenset(row.delivery_id for row in rows if row.status is AttemptStatus.DONE)
    return Known(len(receiver.received), done)


def kill_under_load(hookline: Hookline, receiver: Receiver, *roles: str) -> None:
    def kill() -> Iterator[Known]:
        for role in roles:
            yield known(hookline, receiver)
            hookline.kill(role)
            hookline.start(role)

    disturb_under_load(hookline, receiver, kill)


def disturb_under_load(hookline: Hookline, receiver: Receiver, kill: Callable[[], Iterator[Known]]) -> None:
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"), parallel=PARALLEL)
    url = f"{hookline.url}/beta/webhooks/custom/shop/points"
    with Load(url, lambda number: {"customer": f"c-{number}", "points": number}, rate=RATE) as load:
        eventually(lambda: len(load.accepted) > RATE, what="a second of load")
        eventually(lambda: receiver.received, what="messages arrive")
        kills = list(kill())
        here = len(load.accepted)
        eventually(lambda: len(load.accepted) > here + RATE, what="a second of load after the restart")
    nothing_is_lost(hookline, receiver, load.accepted)
    copies_are_the_same(receiver)
    for each in kills:
        again = {message.webhook_id for message in receiver.received[each.arrived :]}
        assert not again & each.done, "only what was in flight, or not yet acknowledged, may come again"


def nothing_is_lost(hookline: Hookline, receiver: Receiver, accepted: list[Sent]) -> None:
    wanted = {each.body["event_id"] for each in accepted}

    def missing() -> set[str]:
        hookline.start_again()  # a broker that comes back late has ended who waited for its acknowledgement
        return wanted - {each.json["id"] for each in list(receiver.received)}

    eventually(lambda: not missing(), within=120, what=lambda: f"{len(missing())} of {len(wanted)} are missing")
    # The log has one row for each delivery (there were no resends), one request for each 2xx, one event for each.
    eventually(
        lambda: (
            wanted <= {row["event_id"] for row in hookline.items("/v1/shop/webhook-log", status="done", limit="500")}
        ),
        within=60,
        what="every delivery has its row",
    )
    rows = Counter(row["delivery_id"] for row in hookline.items("/v1/shop/webhook-log", limit="500"))
    assert [each for each, count in rows.items() if count > 1] == [], "no row is forked"
    requests = partial(hookline.items, "/v1/shop/incoming-log", outcome="accepted", limit="500")
    eventually(lambda: wanted <= {row["event_id"] for row in requests()}, what="every 2xx has its request in the log")
    events = partial(hookline.items, "/v1/shop/events", limit="500")
    eventually(lambda: wanted <= {row["id"] for row in events()}, what="every 2xx has its event")
    assert [each for each, count in Counter(row["id"] for row in events()).items() if count > 1] == []


def copies_are_the_same(receiver: Receiver) -> None:
    """A message that came twice came with the same id and body."""
    bodies: dict[str, set[bytes]] = {}
    for each in receiver.received:
        bodies.setdefault(each.webhook_id, set()).add(each.body)
    assert [each for each, found in bodies.items() if len(found) > 1] == []


@pytest.mark.timeout(600)
def test_nothing_is_lost_when_each_role_is_killed(make_hookline: MakeHookline, receiver: Receiver) -> None:
    kill_under_load(make_hookline(), receiver, *ROLES)


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that only this test kills."""
    one = Broker(tmp_path / "kafka")
    one.start()
    yield one
    one.stop()


def kill_the_broker(broker: Broker, folder: Path, receiver: Receiver) -> None:
    hookline = Hookline(broker, folder, f"t{uuid.uuid4().hex[:10]}.")
    hookline.create_topics()

    def kill() -> Iterator[Known]:
        yield known(hookline, receiver)
        broker.stop(signal.SIGKILL)
        broker.start()

    try:
        disturb_under_load(hookline, receiver, kill)
    finally:
        hookline.stop_all()


@pytest.mark.timeout(600)
def test_nothing_is_lost_when_kafka_is_killed(own_broker: Broker, tmp_path: Path, receiver: Receiver) -> None:
    kill_the_broker(own_broker, tmp_path / "hookline", receiver)


@pytest.mark.prove
@pytest.mark.timeout(0)
def test_nothing_is_lost_however_often_kafka_is_killed(own_broker: Broker, tmp_path: Path, receiver: Receiver) -> None:
    for number in range(ROUNDS):
        receiver.received.clear()
        kill_the_broker(own_broker, tmp_path / f"hookline{number}", receiver)


@pytest.mark.prove
@pytest.mark.timeout(0)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_lost_however_often_a_role_is_killed(
    make_hookline: MakeHookline, role: str, receiver: Receiver
) -> None:
    for _ in range(ROUNDS):
        receiver.received.clear()
        hookline = make_hookline()
        kill_under_load(hookline, receiver, role)
        hookline.stop_all()
