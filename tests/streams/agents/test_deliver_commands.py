"""What people ask of deliveries, on a real Kafka: resend, cancel, send now; over kills and copies nothing twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace

import pytest

from schemas.codec import encode
from schemas.identity import lane_partition
from schemas.records import Attempt, AttemptError, Command, CommandKind, Delivery, PendingStep, Trigger
from tests.journeys.receiver import Answer, Receiver
from tests.streams.courier_stage import CourierStage, MakeStage
from tests.streams.courier_values import a_site
from tests.waiting import eventually

TIERS, LONG = "1s,1m", ["1m"] * 5


def a_command(kind: CommandKind, delivery: Delivery, name: str, *pending: tuple[str, int]) -> Command:
    return Command(
        id=name,
        kind=kind,
        account=delivery.account,
        delivery_id=delivery.delivery_id,
        lane=delivery.lane,
        author="test",
        at=0,
        resend_id=None,
        delivery=encode(delivery),
        pending=[PendingStep(chain=c, step=s, trigger=Trigger.AUTO, resend_id=None) for c, s in pending],
    )


def resend(delivery: Delivery, name: str, *pending: tuple[str, int]) -> Command:
    again = replace(delivery, chain=name, step=1, trigger=Trigger.RESEND)
    return a_command(CommandKind.RESEND, again, name, *pending)


def command(courier: CourierStage, *commands: Command) -> None:
    for each in commands:
        partition = lane_partition(each.lane, courier.settings.partitions)
        courier.write(courier.topics.commands, [each], key=each.lane.encode(), partition=partition)


def rows_when(courier: CourierStage, sent: list[Delivery], wanted: Callable[[list[Attempt]], bool]) -> list[Attempt]:
    def rows() -> list[Attempt]:
        found = sorted(courier.rows(sent), key=lambda row: (row.delivery_id, row.chain, row.step))
        return found if wanted(found) else []

    return eventually(rows, what=lambda: f"the rows are there\n{courier.said()}")


def story(rows: list[Attempt]) -> list[tuple[str, int, str, AttemptError | None]]:
    return [(row.chain, row.step, row.status.value, row.error) for row in rows]


def test_a_resend_supersedes_the_pending_retry_and_starts_a_chain(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier(retry_tiers=TIERS)
    courier.start()
    sites.script("/hooks", 500, 200)
    sent = courier.send(courier.site(sites.url("/hooks"), retry_delays=LONG))
    rows_when(courier, sent, lambda rows: len(rows) == 1)
    command(courier, resend(sent[0], "cmd_1", ("0", 2)))
    rows = rows_when(courier, sent, lambda rows: len(rows) == 3)
    assert story(rows) == [
        ("0", 1, "resent", None),
        ("0", 2, "failed", AttemptError.SUPERSEDED),
        ("cmd_1", 1, "done", None),
    ]
    assert (rows[1].trigger, rows[2].trigger) == (Trigger.AUTO, Trigger.RESEND)
    assert rows[1].request_method == ""
    assert len({(got.webhook_id, got.body) for got in sites.at("/hooks")}) == 1


def test_a_failing_chain_has_retries_from_the_start_and_is_superseded_in_turn(
    make_courier: MakeStage, sites: Receiver
) -> None:
    courier = make_courier(retry_tiers=TIERS)
    courier.start()
    sites.script("/hooks", 500)
    sent = courier.send(courier.site(sites.url("/hooks"), retry_delays=["1s", "1m"]))
    rows_when(courier, sent, lambda rows: len(rows) >= 2)
    command(courier, resend(sent[0], "cmd_1", ("0", 3)))
    rows_when(courier, sent, lambda rows: len(rows) >= 5)
    command(courier, resend(sent[0], "cmd_2", ("cmd_1", 3)))
    rows = rows_when(courier, sent, lambda rows: len(rows) >= 7)
    assert [(chain, step) for chain, step, _, error in story(rows) if error is AttemptError.SUPERSEDED] == [
        ("0", 3),
        ("cmd_1", 3),
    ]


def test_a_command_that_comes_twice_and_over_kills_is_obeyed_once(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    sent = courier.send(courier.site(sites.url("/hooks")), 5)
    commands = [resend(each, "cmd_1") for each in sent]
    courier.start()
    rows_when(courier, sent, lambda rows: len(rows) == 5)
    command(courier, *commands)
    rows_when(courier, sent, lambda rows: len(rows) == 10)
    courier.end(number=signal.SIGKILL)
    command(courier, *commands)
    courier.start()
    command(courier, *commands, resend(sent[0], "cmd_2"))
    rows = rows_when(courier, sent, lambda rows: len(rows) == 11)
    assert len(sites.at("/hooks")) == 11
    assert all(row.status.value == "done" for row in rows)


def test_a_cancelled_retry_ends_at_once_and_is_never_made(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier(retry_tiers="5s")
    courier.start()
    sites.script("/hooks", 500)
    sites.script("/later", 500, 200)
    sent = courier.send(courier.site(sites.url("/hooks"), retry_delays=["5s"] * 5))
    rows_when(courier, sent, lambda rows: len(rows) >= 1)
    command(courier, a_command(CommandKind.CANCEL, sent[0], "cmd_1", ("0", 2)))
    later = courier.send(courier.site(sites.url("/later"), retry_delays=["5s"]))
    rows = courier.ended(sent)
    assert story(rows) == [("0", 1, "resent", None), ("0", 2, "failed", AttemptError.CANCELLED)]
    courier.ended(later)  # its time came after that of the cancelled one
    assert courier.rows(sent) == rows
    assert len(sites.at("/hooks")) == 1


def test_what_waits_in_its_lane_can_be_cancelled(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    courier.start()
    sites.script("/hooks", Answer(delay=120), 200)
    site = courier.site(sites.url("/hooks"), timeout_seconds=60)
    sent = courier.send(site, 3, customer="c-1")
    eventually(lambda: sites.at("/hooks"), what="the first is in flight")
    command(courier, a_command(CommandKind.CANCEL, sent[1], "cmd_1", ("0", 1)))
    [row] = courier.ended(sent[1:2])
    assert row.error is AttemptError.CANCELLED
    assert len(sites.at("/hooks")) == 1, "it has not waited for the first"
    sites.let_go("/hooks")
    courier.ended(sent)
    assert [got.webhook_id for got in sites.at("/hooks")] == [sent[0].delivery_id, sent[2].delivery_id]


def test_send_now_makes_the_waiting_step_once(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier(retry_tiers="1s,10s")
    courier.start()
    sites.script("/hooks", 500, 500, 200)
    sites.script("/later", 500, 200)
    sent = courier.send(courier.site(sites.url("/hooks"), retry_delays=["10s", "1s"]))
    rows_when(courier, sent, lambda rows: len(rows) >= 1)
    command(courier, a_command(CommandKind.SEND_NOW, replace(sent[0], step=2), "cmd_1"))
    later = courier.send(courier.site(sites.url("/later"), retry_delays=["10s"]))
    rows = courier.ended(sent)
    assert story(rows) == [("0", 1, "resent", None), ("0", 2, "resent", None), ("0", 3, "done", None)]
    assert rows[1].created_at < (rows[0].next_attempt_at or 0), "before its time, since somebody asked for it"
    courier.ended(later)  # its time came after that of the one that was not waited for
    assert len(sites.at("/hooks")) == 3


def test_after_a_restart_a_record_that_was_sent_early_is_not_sent_again(
    make_courier: MakeStage, sites: Receiver
) -> None:
    courier = make_courier(retry_tiers="3s")
    courier.start()
    sites.script("/hooks", 500, 200)
    site = courier.site(sites.url("/hooks"), retry_delays=["3s"] * 5)
    sent = courier.send(site)
    rows_when(courier, sent, lambda rows: len(rows) == 1)
    command(courier, a_command(CommandKind.SEND_NOW, replace(sent[0], step=2), "cmd_1"))
    courier.ended(sent)
    assert courier.end() == 0
    courier.start()
    last = courier.send(site)
    courier.ended(last)
    marker = courier.message(site, due=0)
    courier.put(marker)
    courier.ended([marker])
    assert len(courier.rows(sent)) == 2


def test_a_command_that_is_none_is_rejected(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    courier.start()
    message = courier.message(courier.site(sites.url("/hooks")))
    good = resend(message, "cmd_1")
    command(courier, replace(good, delivery=None), replace(good, delivery_id="dlv_other"), replace(good, id="cmd_9"))
    eventually(lambda: len(courier.records(courier.topics.rejected)) == 3)
    assert sites.received == []


@pytest.mark.parametrize("point", ["after_retry", "after_attempt"])
def test_a_chain_that_a_kill_interrupts_repeats_no_request(
    make_courier: MakeStage, sites: Receiver, point: str
) -> None:
    courier = make_courier()
    courier.start()
    site = courier.site(sites.url("/hooks"), retry_delays=["1s"])
    sites.script("/hooks", 200, 500, 200)
    sent = courier.send(site)
    courier.ended(sent)
    assert courier.end() == 0
    command(courier, resend(sent[0], "cmd_1"))
    dying = courier.start(crash_at=f"courier.{point}")
    assert dying.wait(60) == -signal.SIGKILL
    courier.start()
    rows = rows_when(courier, sent, lambda rows: len(rows) == 3)
    assert story(rows)[1:] == [("cmd_1", 1, "resent", None), ("cmd_1", 2, "done", None)]
    assert len(sites.at("/hooks")) == 3


def test_what_is_parked_is_cancelled_at_once_and_never_sent(make_courier: MakeStage, sites: Receiver) -> None:
    courier = make_courier()
    courier.start()
    site = courier.site(sites.url("/hooks"), state="inactive")
    sent = courier.send(site, 2)
    eventually(lambda: len(courier.records(courier.topics.parked)) >= 2)
    command(courier, a_command(CommandKind.CANCEL, sent[0], "cmd_1", ("0", 1)))
    rows = rows_when(courier, sent, lambda rows: len(rows) == 1)
    assert story(rows) == [("0", 1, "failed", AttemptError.CANCELLED)]
    courier.configure(a_site(site, 1, url=sites.url("/hooks"), retry_delays=["1s"]))
    courier.ended(sent)
    assert [got.webhook_id for got in sites.at("/hooks")] == [sent[1].delivery_id]
