"""Strict sites on a real Kafka: no message is sent before every older one has ended, whatever the courier meets."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterable

import pytest

from schemas.records import Delivery, Parked
from tests.journeys.receiver import Answer, Received, Receiver
from tests.streams.courier_stage import CourierStage, MakeStage
from tests.streams.courier_values import a_site
from tests.waiting import eventually


def runs(received: Iterable[Received]) -> list[str]:
    """The deliveries as they arrived, the attempts of one that came in a row taken together."""
    return [name for name, _ in itertools.groupby(each.webhook_id for each in received)]


def ids(sent: Iterable[Delivery]) -> list[str]:
    return [each.delivery_id for each in sent]


def send(stage: CourierStage, site: str, count: int, ordering: str = "site", **fields: object) -> list[Delivery]:
    slot = {"lane": f"{site}/0"} if ordering == "site" else {}
    return stage.send(site, count, **(slot | {"ordering": ordering} | fields))


def test_a_message_of_a_strict_site_is_not_sent_before_the_older_ones_have_ended(
    make_courier: MakeStage, sites: Receiver
) -> None:
    stage = make_courier()
    sites.script("/hooks", 200, 500, 200, 500, 500, 500, 200)
    site = stage.site(sites.url("/hooks"), parallel=5, ordering="site")
    sent = send(stage, site, 12)
    stage.start()
    rows = stage.ended(sent)
    assert runs(sites.at("/hooks")) == ids(sent)
    statuses = [(row.delivery_id, row.status.value) for row in rows if row.status.value == "failed"]
    assert statuses == [(sent[2].delivery_id, "failed")], "one that fails for good lets the next go"


def test_a_strict_customer_waits_and_the_others_go_on(make_courier: MakeStage, sites: Receiver) -> None:
    stage = make_courier(retry_tiers="3s,10s")
    sites.script("/hooks", 500, 200)
    site = stage.site(sites.url("/hooks"), parallel=1, ordering="customer", retry_delays=["3s"])
    mine = send(stage, site, 5, "customer", customer="c-1")
    others = send(stage, site, 10, "customer")
    stage.start()
    stage.ended([*mine, *others])
    arrived = [each.webhook_id for each in sites.at("/hooks")]
    assert [each for each in arrived if each in ids(mine)] == ids(mine[:1]) + ids(mine)
    assert [each for each in arrived if each in ids(others)] == ids(others)
    assert arrived[1] in ids(others), "they have not waited for it"


def test_an_older_message_that_waits_is_known_after_a_kill(make_courier: MakeStage, sites: Receiver) -> None:
    stage = make_courier(retry_tiers="4s,20s", lane_size=5)
    sites.script("/hooks", 500, 200)
    site = stage.site(sites.url("/hooks"), ordering="site", retry_delays=["4s"])
    sent = send(stage, site, 12)
    stage.start()
    eventually(lambda: sites.at("/hooks"), what="the first has failed")
    eventually(lambda: parked(stage), what="those that find the lane full are parked")
    stage.end(number=signal.SIGKILL)
    sent += send(stage, site, 3)
    stage.start()
    stage.ended(sent)
    assert runs(sites.at("/hooks")) == ids(sent)


def parked(stage: CourierStage) -> list[Parked]:
    return [each for each in stage.records(stage.topics.parked) if isinstance(each, Parked)]


def reconfigure(stage: CourierStage, site: str, url: str, revision: int, state: str) -> None:
    stage.configure(
        a_site(site, base_revision=revision, url=url, state=state, ordering="site", retry_delays=["2s"] * 20)
    )


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_parked_behind_younger_ones_goes_before_them(
    make_courier: MakeStage, sites: Receiver, *, killed: bool
) -> None:
    """The site is disabled while its oldest message waits for a resend: the younger ones are parked before that."""
    stage = make_courier(retry_tiers="2s,20s", lane_size=5, drain_rate="50/s")
    sites.script("/hooks", 500)
    site = stage.site(url := sites.url("/hooks"), ordering="site", retry_delays=["2s"] * 20)
    sent = send(stage, site, 1)
    stage.start()
    eventually(lambda: sites.at("/hooks"), what="the first has failed")
    sent += send(stage, site, 20)
    reconfigure(stage, site, url, 1, "inactive")
    eventually(lambda: len(parked(stage)) >= 21, what="all are parked, the oldest last")
    assert parked(stage)[-1].delivery_id == sent[0].delivery_id
    sites.script("/hooks", 200)
    if killed:
        stage.end(number=signal.SIGKILL)
        stage.start()
    reconfigure(stage, site, url, 2, "active")
    sent += send(stage, site, 5)
    stage.ended(sent)
    assert runs(sites.at("/hooks")) == ids(sent)


def test_a_courier_that_leaves_breaks_off_what_is_in_flight_and_the_next_one_keeps_the_order(
    make_courier: MakeStage, sites: Receiver
) -> None:
    stage = make_courier()
    sites.script("/hooks", 200, Answer(delay=20.0), 200)
    site = stage.site(sites.url("/hooks"), ordering="site", timeout_seconds=30)
    sent = send(stage, site, 6)
    stage.start("one")
    eventually(lambda: len(sites.at("/hooks")) == 2, what="one hangs")
    stage.start("two")
    stage.ended(sent)
    assert runs(sites.at("/hooks")) == ids(sent)


def test_couriers_that_come_and_go_keep_the_order(make_courier: MakeStage, sites: Receiver) -> None:
    stage = make_courier(lane_size=20, retry_tiers="1s,10s")
    paths = [f"/hooks/{number}" for number in range(4)]
    made: dict[str, list[Delivery]] = {}
    for path in paths:
        sites.script(path, *[200, 200, 500, 200, 200, 200] * 20, 200)
        made[stage.site(sites.url(path), ordering="site", retry_delays=["1s"] * 5)] = []

    def more() -> None:
        for site, sent in made.items():
            sent.extend(send(stage, site, 10))

    def some_arrive() -> None:
        before = len(sites.received)
        eventually(lambda: len(sites.received) > before + 8, what="some arrive")

    stage.start("one")
    for _ in range(2):  # it comes back under its name
        more()
        some_arrive()
        stage.end("one", signal.SIGKILL)
        stage.start("one")
    stage.start("two")  # one joins, and leaves
    more()
    some_arrive()
    assert stage.end("two") == 0
    more()
    everything = [each for sent in made.values() for each in sent]
    stage.ended(everything, within=120)
    for path, sent in zip(paths, made.values(), strict=True):
        assert runs(sites.at(path)) == ids(sent), path
