"""Breakers and sites that are gone, on a real Kafka."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from schemas.codec import decode_as
from schemas.records import AttemptError, AttemptStatus, Change, Delivery, Operation, Parked, QueueReason
from tests.broker import Broker
from tests.journeys.receiver import Answer, Receiver
from tests.streams.courier_stage import CourierStage, MakeStage
from tests.streams.courier_values import a_site
from tests.waiting import eventually


@pytest.fixture(scope="module")
def courier(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourierStage]:
    """One running courier for all of this file."""
    one = CourierStage(broker, tmp_path_factory.mktemp("courier"), max_postpone="12s")
    one.create_topics()
    one.start()
    yield one
    assert one.end() == 0
    one.close()


def transitions(courier: CourierStage, site: str) -> list[str]:
    bodies = [
        json.loads(each.body) for each in courier.records(courier.topics.operations) if isinstance(each, Operation)
    ]
    return [body["state"] for body in bodies if body["site_id"] == site]


def test_a_site_that_keeps_failing_is_left_alone_then_probed_and_its_messages_go_out_once_it_is_well(
    make_courier: MakeStage, sites: Receiver
) -> None:
    courier = make_courier()  # that of the others gives up soon
    courier.start()
    sites.script("/sick", *[500] * 10, 200)
    site = courier.site(sites.url("/sick"))
    sent = courier.send(site, 30)
    eventually(lambda: transitions(courier, site), what="the breaker opens")
    eventually(
        lambda: len([row for row in courier.rows(sent) if row.status is AttemptStatus.QUEUED]) >= 20,
        what="the others are postponed",
    )
    rows = [row for row in courier.ended(sent) if row.status is not AttemptStatus.QUEUED]
    arrived = sites.at("/sick")
    assert arrived[10].at - arrived[9].at >= 9.9, "nothing before the probe"
    assert transitions(courier, site) == ["open", "closed"]
    assert len(arrived) == 40
    assert max(each.at for each in arrived) - arrived[10].at < 9.9, "all of it right after the recovery"
    untried = {each.delivery_id for each in sent[10:]}
    assert [row.step for row in rows if row.delivery_id in untried] == [1] * 20, "no attempt was spent"


def test_what_is_held_back_for_too_long_fails(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/dead", 500)
    sent = courier.send(courier.site(sites.url("/dead"), retry_delays=["10s"]), 15)
    rows = courier.ended(sent, within=60)
    errors = [row.error for row in rows if row.status is AttemptStatus.FAILED]
    assert AttemptError.POSTPONED_TOO_LONG in errors
    assert len(sites.at("/dead")) < 20


def test_a_message_that_waits_in_a_tier_for_the_next_probe_says_so(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/probes", 500)
    site = courier.site(sites.url("/probes"))
    sent = courier.send(site, 12)
    eventually(lambda: transitions(courier, site).count("open") >= 2, what="a probe has failed")
    wanted = {each.delivery_id for each in sent}

    def waiting() -> list[Delivery]:
        found = [each for tier in courier.topics.retries.values() for each in courier.records(tier)]
        return [each for each in found if each.delivery_id in wanted and each.reason is QueueReason.POSTPONED]

    [first, *_] = eventually(waiting, what="some wait in a tier")
    assert first.postponed_since is not None
    assert first.due > first.postponed_since


def test_one_message_alone_follows_its_schedule(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/alone", 500)
    rows = courier.ended(courier.send(courier.site(sites.url("/alone"), retry_delays=["1s"] * 11)))
    assert [row.status for row in rows] == [AttemptStatus.RESENT] * 11 + [AttemptStatus.FAILED]


def test_a_site_that_is_gone_is_disabled_and_its_messages_wait_for_whoever_enables_it(
    courier: CourierStage, sites: Receiver
) -> None:
    sites.script("/gone", Answer(410), 200)
    site = courier.site(sites.url("/gone"))
    sent = courier.send(site)

    def change() -> Change | None:
        found = [each for each in courier.records(courier.topics.config) if isinstance(each, Change)]
        return next((each for each in found if each.author == "courier"), None)

    written = eventually(change, what="the courier disables it")
    assert written is not None
    [item] = written.items
    assert (item.id, item.base_revision, json.loads(item.body)["state"]) == (site, 1, "inactive")
    sent += courier.send(site, 3)

    def parked() -> bool:
        found = [each for each in courier.records(courier.topics.parked) if isinstance(each, Parked)]
        wanted = {each.delivery_id for each in sent}
        return wanted <= {decode_as(Delivery, each.delivery).delivery_id for each in found}

    eventually(parked, what="all of its messages are parked, the one that failed too")
    assert len(sites.at("/gone")) == 1
    courier.configure(a_site(site, base_revision=2, url=sites.url("/gone"), retry_delays=["1s"] * 2))
    rows = courier.ended(sent)
    assert [row.status for row in rows if row.delivery_id == sent[0].delivery_id] == [
        AttemptStatus.RESENT,
        AttemptStatus.DONE,
    ]
