"""The agent *deliver* across kills, stops and other couriers: a step is done once, and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from schemas.codec import encode
from schemas.identity import lane_partition
from schemas.records import AttemptStatus
from streams.core.attempts import follower, row_of
from streams.core.window import marks_from
from tests.broker import HOOKLINE, environment
from tests.journeys.receiver import Answer, Receiver
from tests.streams.courier_stage import CourierStage, MakeStage
from tests.streams.courier_values import an_answer
from tests.waiting import eventually, free_port


def committed(courier: CourierStage, topic: str) -> list[TopicPartition]:
    """What the couriers have committed of a topic."""
    consumer = Consumer({"bootstrap.servers": courier.broker.bootstrap, "group.id": f"{courier.topics.prefix}courier"})
    try:
        numbers = range(courier.settings.partitions)
        return consumer.committed([TopicPartition(topic, number) for number in numbers], timeout=60)
    finally:
        consumer.close()


@pytest.mark.parametrize(("point", "answers"), [("after_retry", (500, 200)), ("after_attempt", (500, 200))])
def test_a_courier_that_dies_between_two_writes_repeats_no_request(
    make_courier: MakeStage, sites: Receiver, point: str, answers: tuple[int, ...]
) -> None:
    courier = make_courier()
    sites.script("/hooks", *answers)
    sent = courier.send(courier.site(sites.url("/hooks")))
    dying = courier.start(crash_at=f"courier.{point}")
    assert dying.wait(60) == -signal.SIGKILL
    courier.start()
    rows = courier.ended(sent)
    assert [row.status for row in rows] == [AttemptStatus.RESENT, AttemptStatus.DONE]
    assert len(sites.at("/hooks")) == 2
    assert courier.end() == 0


def test_a_step_with_proof_is_skipped_and_a_missing_row_is_written(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    site = courier.site(sites.url("/hooks"))
    with_row, with_follower, new = (courier.message(site) for _ in range(3))
    done = row_of(with_row, None, None, an_answer(200), status=AttemptStatus.DONE)
    resent = row_of(with_follower, None, None, an_answer(500), status=AttemptStatus.RESENT, next_attempt_at=1)
    partition = lane_partition(with_row.lane, courier.settings.partitions)
    courier.write(courier.topics.attempts, [done], key=with_row.lane.encode(), partition=partition)
    courier.put(follower(with_follower, encode(resent), due=1, origin_offset=1), topic=courier.topics.retries[1.0])
    courier.put(with_row, with_follower, new)
    courier.start()
    rows = courier.ended([with_row, with_follower, new])
    assert sorted(each.webhook_id for each in sites.at("/hooks")) == sorted(
        [with_follower.delivery_id, new.delivery_id]
    )
    assert resent in rows, "the row that a kill came before"
    assert [row.step for row in rows if row.delivery_id == with_follower.delivery_id] == [1, 2]
    assert courier.end() == 0


def test_the_commit_says_from_where_proof_has_to_be_read(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    sent = courier.send(courier.site(sites.url("/hooks"), parallel=3), 30, parallel=3)
    courier.start()
    rows = courier.ended(sent)
    assert courier.end() == 0
    positions = committed(courier, courier.topics.deliveries)
    assert sum(max(0, each.offset) for each in positions) == len(sent)
    marks = [marks_from(each.metadata) for each in positions]
    assert sum(mark[courier.topics.attempts] for mark in marks) == len(rows), (
        "nothing is open, so nothing is read again"
    )
    courier.start()
    courier.ended(courier.send(sent[0].site_id))
    assert len(sites.at("/hooks")) == len(sent) + 1


def test_a_kill_under_load_loses_nothing_and_repeats_only_what_was_under_way(
    make_courier: MakeStage, sites: Receiver
) -> None:
    courier = make_courier()
    sites.script("/hooks", Answer(delay=0.01))
    sent = [courier.message(courier.site(sites.url("/hooks"), parallel=6), parallel=6) for _ in range(1)]
    sent += [courier.message(sent[0].site_id, parallel=6) for _ in range(400)]
    courier.put(*sent)
    kills: list[tuple[int, frozenset[str]]] = []
    for _ in range(2):
        courier.start()
        before = len(sites.at("/hooks"))
        eventually(lambda before=before: len(sites.at("/hooks")) > before + 60, what="it is under load")  # type: ignore[misc]
        recorded = courier.kill()
        kills.append((len(sites.at("/hooks")), recorded))
    courier.start()
    rows = courier.ended(sent)
    assert [row.status for row in rows] == [AttemptStatus.DONE] * len(sent), "one row each, none forked"
    arrived = [each.webhook_id for each in sites.at("/hooks")]
    assert set(arrived) == {each.delivery_id for each in sent}
    for seen, recorded in kills:
        assert not recorded & set(arrived[seen:]), "only what was in flight, or not yet acknowledged, at the kill"
    assert courier.end() == 0


def test_a_stop_waits_for_what_is_in_flight(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    sites.script("/slow", Answer(delay=120))
    site = courier.site(sites.url("/slow"), timeout_seconds=60)
    sent = courier.send(site, 3)
    courier.start()
    eventually(lambda: sites.at("/slow"), what="the first is in flight")
    courier.processes["one"].terminate()
    eventually(lambda: "courier stops" in courier.said(), what="it has begun to stop")
    sites.let_go("/slow")
    assert courier.end() == 0
    assert len(sites.at("/slow")) == 1
    assert [row.status for row in courier.rows(sent)] == [AttemptStatus.DONE]
    courier.start()
    courier.ended(sent)
    assert len(sites.at("/slow")) == 3, "the others were sent by the next one"


def test_couriers_share_the_work_and_one_that_comes_disturbs_nothing(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    sites.script("/hooks", Answer(delay=0.02))
    first = courier.message(courier.site(sites.url("/hooks"), parallel=3, timeout_seconds=5), parallel=3)
    sent = [first, *(courier.message(first.site_id, parallel=3) for _ in range(300))]
    courier.put(*sent)
    courier.start("one")
    eventually(lambda: len(sites.at("/hooks")) > 30, what="the first works")
    courier.start("two")
    rows = courier.ended(sent)
    assert len(rows) == len(sent)
    arrived = sites.at("/hooks")
    assert {each.webhook_id for each in arrived} == {each.delivery_id for each in sent}
    assert len(arrived) == len(sent), "what was in flight at the rebalance was waited for"
    assert "two" in courier.processes
    eventually(lambda: courier.log.read_text("utf-8").count(" partitions assigned") >= 3, what="both have partitions")
    assert [courier.end("one"), courier.end("two")] == [0, 0]


def test_of_two_couriers_with_one_name_the_elder_ends_and_says_why(make_courier: MakeStage) -> None:
    courier = make_courier()
    elder = courier.start("same")
    eventually(lambda: " partitions assigned" in courier.said(), what="it has its partitions")
    courier.start("same")
    assert elder.wait(60) == 1
    assert "can no longer be a member of its group" in courier.said()


def test_a_courier_waits_for_kafka_with_one_clear_line_and_stops_when_asked(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [HOOKLINE, "courier"],
        env=environment(kafka_bootstrap_servers=f"127.0.0.1:{port}", data_dir=tmp_path, secret_key="k" * 16),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    while "the Kafka client says" in line:
        line = process.stderr.readline()
    assert f"Kafka does not answer at 127.0.0.1:{port}" in line
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0
