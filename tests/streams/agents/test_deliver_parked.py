"""Parked messages on a real Kafka: they wait, go on in their order, survive kills, and end when they must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from schemas.records import Attempt, AttemptError, Delivery, DrainProgress, Parked
from tests.broker import Broker
from tests.journeys.receiver import Answer, Receiver
from tests.streams.courier_stage import CourierStage
from tests.streams.courier_values import a_site
from tests.waiting import eventually


@pytest.fixture
def stage(broker: Broker, tmp_path: Path) -> Iterator[CourierStage]:
    """A stage; no courier runs yet."""
    one = CourierStage(broker, tmp_path, drain_rate="200/s", parked_expiry="6s", lane_size=20)
    one.create_topics()
    yield one
    one.close()


@pytest.fixture
def patient(broker: Broker, tmp_path: Path) -> Iterator[CourierStage]:
    """The same, and nothing expires."""
    one = CourierStage(broker, tmp_path, drain_rate="100/s", lane_size=20)
    one.create_topics()
    yield one
    one.close()


def parked(stage: CourierStage, sent: Sequence[Delivery]) -> list[Parked]:
    wanted = {each.delivery_id for each in sent}
    found = [each for each in stage.records(stage.topics.parked) if isinstance(each, Parked)]
    return [each for each in found if each.delivery_id in wanted]


def all_parked(stage: CourierStage, sent: Sequence[Delivery]) -> None:
    eventually(lambda: len(parked(stage, sent)) >= len(sent), what="all are parked")


def enable(stage: CourierStage, site: str, url: str, revision: int = 1, **fields: object) -> None:
    """Enable a site."""
    stage.configure(a_site(site, base_revision=revision, url=url, **({"retry_delays": ["1s"] * 2} | fields)))


def test_what_a_site_missed_goes_out_in_order_and_no_faster_than_the_rate_once_it_is_enabled(
    patient: CourierStage, sites: Receiver
) -> None:
    site, other = patient.site(sites.url("/hooks"), state="inactive"), patient.site(sites.url("/other"))
    sent = [each for _ in range(60) for each in (*patient.send(site), *patient.send(other))]
    patient.start()
    missed = [each for each in sent if each.site_id == site]
    all_parked(patient, missed)
    assert sites.at("/hooks") == []
    enable(patient, site, sites.url("/hooks"))
    rows = patient.ended(missed)
    assert [row.step for row in rows] == [1] * 60
    arrived = sites.at("/hooks")
    assert [each.webhook_id for each in arrived] == [each.delivery_id for each in missed]
    assert arrived[-1].at - arrived[0].at > 0.15, "60 at 100 a second, 20 of them at once, and 20 in the lane"

    def progress() -> DrainProgress | None:
        found = [each for each in patient.records(patient.topics.parked) if isinstance(each, DrainProgress)]
        return found[-1] if found else None

    eventually(lambda: (last := progress()) and last.up_to_offset >= 60, what="the progress is in the log")
    patient.ended(patient.send(site))
    assert len(parked(patient, patient.rows(missed))) == 60, "none is parked any more"  # type: ignore[arg-type]


def test_a_site_that_is_away_again_in_the_middle_of_a_drain_is_not_left_waiting_when_it_is_back(
    patient: CourierStage, sites: Receiver
) -> None:
    url = sites.url("/hooks")
    site = patient.site(url, state="inactive")
    sent = patient.send(site, 200)
    patient.start()
    all_parked(patient, sent)
    enable(patient, site, url)
    eventually(lambda: len(sites.at("/hooks")) > 30, what="it drains")
    enable(patient, site, url, 2, state="inactive")
    sent += patient.send(site)
    eventually(lambda: [each.cause for each in parked(patient, sent[-1:])] == ["site_inactive"], what="it is away")
    enable(patient, site, url, 3)
    patient.ended(sent)
    assert [each.webhook_id for each in sites.at("/hooks")] == [each.delivery_id for each in sent]


def test_a_backlog_outlives_restarts_and_is_drained_once(patient: CourierStage, sites: Receiver) -> None:
    site = patient.site(sites.url("/hooks"), state="inactive")
    sent = patient.send(site, 30)
    patient.start()
    all_parked(patient, sent)
    assert patient.end() == 0
    patient.start()
    more = patient.send(site, 5)
    all_parked(patient, more)
    assert patient.end() == 0
    enable(patient, site, sites.url("/hooks"))
    patient.start()
    patient.ended([*sent, *more])
    assert patient.end() == 0
    patient.start()
    patient.ended(patient.send(site))
    ids = [each.webhook_id for each in sites.at("/hooks")]
    assert ids[:35] == [each.delivery_id for each in (*sent, *more)]
    assert len(ids) == 36, "none comes again"


def test_a_kill_in_the_middle_of_a_drain_loses_nothing_and_repeats_what_was_in_flight(
    patient: CourierStage, sites: Receiver
) -> None:
    sites.script("/hooks", Answer(delay=0.005))
    site = patient.site(sites.url("/hooks"), state="inactive", parallel=3, timeout_seconds=5)
    sent = patient.send(site, 300, parallel=3)
    patient.start().poll()
    all_parked(patient, sent)
    enable(patient, site, sites.url("/hooks"), parallel=3, timeout_seconds=5)
    kills: list[tuple[int, frozenset[str]]] = []
    for seen in (40, 120, 200):
        eventually(lambda seen=seen: len(sites.at("/hooks")) > seen, what="it drains")  # type: ignore[misc]
        recorded = patient.kill()
        kills.append((len(sites.at("/hooks")), recorded))
        patient.start()
    rows: list[Attempt] = patient.ended(sent)
    assert len(rows) == len(sent), "one row each"
    arrived = [each.webhook_id for each in sites.at("/hooks")]
    assert set(arrived) == {each.delivery_id for each in sent}
    for seen, recorded in kills:
        assert not recorded & set(arrived[seen:]), "only what was in flight, or not yet acknowledged, at the kill"


def test_a_full_lane_parks_and_takes_new_ones_behind_what_is_parked(patient: CourierStage, sites: Receiver) -> None:
    sites.script("/narrow", Answer(delay=0.01))
    site = patient.site(sites.url("/narrow"), timeout_seconds=5)
    sent = patient.send(site, 100)
    patient.start()
    eventually(lambda: len(sites.at("/narrow")) > 30, what="it goes on")
    sent += patient.send(site, 50)
    patient.ended(sent)
    assert [each.webhook_id for each in sites.at("/narrow")] == [each.delivery_id for each in sent]
    assert {each.cause for each in parked(patient, sent)} == {"lane_full"}


def test_what_waits_for_an_archived_site_fails_and_what_waits_too_long_expires(
    stage: CourierStage, sites: Receiver
) -> None:
    leaving, away = (stage.site(sites.url("/never"), state="inactive") for _ in range(2))
    stage.start()
    waited = stage.send(away, 3)
    left = stage.send(leaving, 3)
    all_parked(stage, left)
    stage.configure(a_site(leaving, base_revision=1, state="archived"))
    assert {row.error for row in stage.ended(left)} == {AttemptError.ARCHIVED}
    assert {row.error for row in stage.ended(waited)} == {AttemptError.EXPIRED}
    dead = {each.delivery_id for each in stage.records(stage.topics.dead_letters)}
    assert {each.delivery_id for each in (*left, *waited)} <= dead
    assert sites.at("/never") == []
