"""Delivery that nothing stops, the long form: broker and couriers are killed, join and leave under load that fails."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import decode
from schemas.records import Attempt, AttemptStatus, Delivery
from tests.broker import Broker
from tests.journeys.hookline import Hookline
from tests.journeys.load import Load, Sent
from tests.journeys.receiver import Received, Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = [pytest.mark.journey, pytest.mark.prove, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("HOOKLINE_PROVE", "5"))  # kills of the broker; four times as many of the courier
RATE, SLOWLY = 100, 4  # requests a second: for the sites that go on, and for the one that goes one at a time
CUSTOMERS = 100
PARALLEL = 50
DELAY = 1000  # ms between two attempts
MOST_REQUESTS = 6
FAILING = [500, *[200] * 9] * 2000  # one in ten
SETTLED = 900.0  # seconds that the end may take, on a machine that does much else
UNDER_WAY = 2 * PARALLEL + 1 + RATE // 2  # at one kill: requests in flight, and attempts not yet recorded


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path / "kafka")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def hookline(own_broker: Broker, tmp_path: Path) -> Iterator[Hookline]:
    one = Hookline(own_broker, tmp_path / "hookline", f"t{uuid.uuid4().hex[:10]}.", retry_tiers="1s,5s")
    one.create_topics()
    one.start()
    yield one
    one.stop_all()


def test_nothing_is_lost_forked_early_or_out_of_order(
    hookline: Hookline, own_broker: Broker, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(hookline)
    shop.endpoint("points")
    shop.endpoint("slow", action="profile")
    schedule = {"retry_delays": ["1s"] * (MOST_REQUESTS - 1), "timeout_seconds": 30}
    for ordering, action in (("none", "point_add"), ("customer", "point_add"), ("site", "profile")):
        receiver.script(f"/{ordering}", *FAILING)
        url = receiver.url(f"/{ordering}")
        shop.site(ordering, url, actions=(action,), ordering=ordering, parallel=PARALLEL, **schedule)
    base = f"{hookline.url}/beta/webhooks/custom/shop"

    def body(number: int) -> dict[str, Any]:
        return {"customer": f"c-{number % CUSTOMERS}", "points": number}

    with Load(f"{base}/points", body, rate=RATE) as quick, Load(f"{base}/slow", body, rate=SLOWLY) as slow:
        for number in range(4 * ROUNDS):
            one_kill(hookline, number, quick)
            if number % 4 == 3:
                own_broker.stop(signal.SIGKILL)
                own_broker.start()
                more(hookline, quick, "the broker is back")
    seen = judge(hookline, receiver, [*quick.accepted, *slow.accepted, *quick.accepted])
    with capsys.disabled():
        sys.stdout.write(f"\n{seen}\n")


def one_kill(hookline: Hookline, number: int, load: Load) -> None:
    """A second courier joins and leaves, by itself or killed; the first one is killed and comes back."""
    match number % 4:
        case 0:
            hookline.start_role("courier-2")
        case 2:
            hookline.kill("courier-2") if number % 8 == 2 else hookline.stop("courier-2")
        case _:
            pass
    more(hookline, load, "the load goes on")
    hookline.kill("courier")
    hookline.start_role("courier")
    more(hookline, load, "the load goes on after the kill")


def more(hookline: Hookline, load: Load, what: str) -> None:
    here = len(load.accepted)

    def goes_on() -> bool:
        hookline.start_again()  # a broker that comes back late has ended who waited for its acknowledgement
        return len(load.accepted) > here + 2 * RATE

    eventually(goes_on, within=120, what=what)


def judge(hookline: Hookline, receiver: Receiver, accepted: list[Sent]) -> str:
    """Hold what happened against what is promised; answers it in numbers."""
    expected = Counter(each.body["event_id"] for each in accepted)
    eventually(lambda: all_made(hookline, expected), within=SETTLED, what="nothing is lost before it is sent")
    settled = eventually(lambda: all_settled(hookline, expected), within=SETTLED, what="all have ended")
    assert settled is not None
    made, rows = settled
    chains = chains_of(rows)
    assert [name for name, chain in chains.items() if not is_one_chain(chain)] == [], "no chain is forked"
    early = [row for chain in chains.values() for row in too_early(chain)]
    assert early == []
    again = len(receiver.received) - sum(len(chain) for chain in chains.values())
    kills = 4 * ROUNDS + ROUNDS + ROUNDS
    seen = f"{len(made)} deliveries, {len(receiver.received)} requests, {again} made again in {kills} kills"
    assert again <= kills * UNDER_WAY
    assert inversions(receiver, made) == {}, seen
    return seen


def all_made(hookline: Hookline, expected: Counter[str]) -> dict[str, Delivery]:
    """The deliveries by id, in their order, once every event that was accepted has all of its own."""
    hookline.start_again()
    found: dict[str, Delivery] = {}
    for message in hookline.messages(hookline.topics.deliveries):
        delivery = decode(message.value())
        found.setdefault(delivery.delivery_id, delivery)
    return {} if expected - Counter(each.event_id for each in found.values()) else found


def all_settled(hookline: Hookline, expected: Counter[str]) -> tuple[dict[str, Delivery], list[Attempt]] | None:
    """All deliveries and attempts, once each delivery has ended: also those of requests that were not answered."""
    made = all_made(hookline, expected)
    rows = all_ended(hookline, made)
    return (made, rows) if rows and all_made(hookline, expected).keys() == made.keys() else None


def all_ended(hookline: Hookline, made: dict[str, Delivery]) -> list[Attempt]:
    rows = [row for row in hookline.records(hookline.topics.attempts) if row.status is not AttemptStatus.QUEUED]
    ended = {row.delivery_id for row in rows if row.status in (AttemptStatus.DONE, AttemptStatus.FAILED)}
    return rows if made.keys() <= ended else []


def chains_of(rows: list[Attempt]) -> dict[str, list[Attempt]]:
    """The attempts of each delivery by step. A row that was written twice is one."""
    steps: dict[str, dict[int, list[Attempt]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        known = steps[row.delivery_id][row.step]
        if row not in known:
            known.append(row)
    return {name: [row for step in sorted(found) for row in found[step]] for name, found in steps.items()}


def is_one_chain(chain: list[Attempt]) -> bool:
    """Whether it is steps 1, 2, ..., each once, at most six of them, of which only the last has ended the chain."""
    *resent, last = chain
    return (
        [row.step for row in chain] == list(range(1, len(chain) + 1))
        and len(chain) <= MOST_REQUESTS
        and all(row.status is AttemptStatus.RESENT for row in resent)
        and last.status in (AttemptStatus.DONE, AttemptStatus.FAILED)
    )


def too_early(chain: list[Attempt]) -> list[Attempt]:
    return [
        after
        for before, after in itertools.pairwise(chain)
        if after.created_at < before.created_at + before.duration_us // 1000 + DELAY
    ]


def inversions(receiver: Receiver, made: dict[str, Delivery]) -> dict[str, list[str]]:
    """By succession, what arrived in another order than that in which it was made; every request counts."""
    expected, arrived = defaultdict(list), defaultdict(list)
    for delivery in made.values():
        expected[succession(delivery)].append(delivery.delivery_id)
    for each in list(receiver.received):
        arrived[succession(made[each.webhook_id])].append(each)
    return {
        name: runs(arrived[name]) for name in expected if "none" not in name and runs(arrived[name]) != expected[name]
    }


def succession(delivery: Delivery) -> str:
    customer = delivery.customer if delivery.ordering == "customer" else ""
    return f"{delivery.ordering}/{customer}"


def runs(received: list[Received]) -> list[str]:
    return [name for name, _ in itertools.groupby(each.webhook_id for each in received)]
