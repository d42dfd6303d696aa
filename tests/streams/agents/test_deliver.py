"""The agent *deliver* in its process, on a real Kafka, against sites of every kind."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from schemas.codec import decode
from schemas.records import AttemptError, DeadLetter, Delivery, Parked, QueueReason, Rejected, RejectedReason
from tests.broker import Broker
from tests.journeys.receiver import Answer, Receiver
from tests.streams.courier_stage import CourierStage
from tests.streams.courier_values import a_site
from tests.waiting import eventually

HANG = Answer(delay=120)


@pytest.fixture(scope="module")
def courier(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CourierStage]:
    """One running courier for all of this file; each test has sites of its own."""
    one = CourierStage(broker, tmp_path_factory.mktemp("courier"), lane_size=20)
    one.create_topics()
    one.add_old_tier()
    one.start()
    yield one
    assert one.end() == 0
    one.close()


@pytest.fixture(scope="module")
def sites() -> Iterator[Receiver]:
    """The other side; each test has a path of its own."""
    one = Receiver()
    one.start()
    yield one
    one.stop()


def test_a_message_is_delivered_and_its_row_tells_all(courier: CourierStage, sites: Receiver) -> None:
    site, began = courier.site(sites.url("/done")), int(time.time())
    [row] = courier.ended(courier.send(site))
    [got] = sites.at("/done")
    assert (row.status.value, row.response_code, row.response_body, row.step) == ("done", 200, b"ok", 1)
    assert (row.site_name, row.request_url, row.remote_ip) == (site, sites.url("/done"), "127.0.0.1")
    assert row.request_body == got.body == b'{"id":"evt_1"}'
    assert got.webhook_id == row.delivery_id
    assert got.headers["user-agent"].startswith("Hookline/")
    assert got.headers["content-type"] == "application/json"
    assert began <= int(got.headers["webhook-timestamp"]) <= time.time()
    assert row.duration_us > 0


def test_a_failure_is_sent_again_after_its_delay_and_never_before(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/twice", 500, 503, 200)
    sent = courier.send(courier.site(sites.url("/twice")))
    rows = courier.ended(sent)
    assert [(row.status.value, row.response_code) for row in rows] == [("resent", 500), ("resent", 503), ("done", 200)]
    arrived = sites.at("/twice")
    assert len({(each.webhook_id, each.body) for each in arrived}) == 1
    assert all(later.at - earlier.at >= 0.99 for earlier, later in itertools.pairwise(arrived))
    assert rows[1].created_at >= (rows[0].next_attempt_at or 0)


def test_a_message_that_always_fails_ends_as_a_dead_letter(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/never", 500)
    [message] = courier.send(courier.site(sites.url("/never")))
    rows = courier.ended([message])
    assert [row.status.value for row in rows] == ["resent", "resent", "failed"]
    assert len(sites.at("/never")) == 3
    [dead] = [each for each in courier.records(courier.topics.dead_letters) if each.delivery_id == message.delivery_id]
    assert isinstance(dead, DeadLetter)
    assert decode(dead.delivery).body == message.body
    assert (dead.step, dead.response_code, decode(dead.attempt)) == (3, 500, rows[-1])


def test_a_redirect_and_a_timeout_are_failures(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/moved", Answer(302, headers=(("Location", sites.url("/target")),)))
    sites.script("/slow", HANG)
    moved = courier.send(courier.site(sites.url("/moved"), retry_delays=[]))
    slow = courier.send(courier.site(sites.url("/slow"), retry_delays=[], timeout_seconds=0.3))
    [first], [second] = courier.ended(moved), courier.ended(slow)
    assert (first.status.value, first.response_code, first.error) == ("failed", 302, None)
    assert (second.status.value, second.response_code, second.error) == ("failed", None, AttemptError.TIMEOUT)
    assert sites.at("/target") == []


def test_only_permitted_addresses_are_dialled(courier: CourierStage) -> None:
    forbidden = [courier.send(courier.site(url, retry_delays=[]))[0] for url in ("http://10.0.0.1/", "http://[::1]/")]
    [unknown] = courier.send(courier.site("http://nowhere.invalid/", retry_delays=[]))
    assert [row.error for row in courier.ended(forbidden)] == [AttemptError.FORBIDDEN_ADDRESS] * 2
    assert [row.error for row in courier.ended([unknown])] == [AttemptError.DNS]


def test_an_inactive_site_keeps_its_message_parked(courier: CourierStage, sites: Receiver) -> None:
    [message] = courier.send(courier.site(sites.url("/inactive"), state="inactive"))

    def parked() -> list[Parked]:
        found = courier.records(courier.topics.parked)
        return [each for each in found if each.delivery_id == message.delivery_id]

    [record] = eventually(parked, what="it is parked")
    assert (record.cause, decode(record.delivery).body) == ("site_inactive", message.body)
    assert courier.rows([message]) == []
    assert sites.at("/inactive") == []


def test_a_site_that_is_gone_fails_what_waits_for_it(courier: CourierStage, sites: Receiver) -> None:
    site = courier.site(sites.url("/archived"), state="archived")
    messages = [*courier.send(site), *courier.send("never-made")]
    rows = courier.ended(messages)
    assert [(row.status.value, row.error, row.request_method) for row in rows] == [
        ("failed", AttemptError.ARCHIVED, "")
    ] * 2
    dead = {each.delivery_id for each in courier.records(courier.topics.dead_letters)}
    assert {message.delivery_id for message in messages} <= dead
    assert sites.at("/archived") == []


def test_garbage_goes_to_rejected_whole_and_the_next_message_is_delivered(
    courier: CourierStage, sites: Receiver
) -> None:
    site = courier.site(sites.url("/after-garbage"))
    bad_lane = courier.message(site, lane="no/lane/at/all")
    tier = courier.topics.retries[1.0]
    for partition in range(courier.settings.partitions):
        for topic in (courier.topics.deliveries, tier):
            courier.write(topic, [b"garbage", None, b"\xc3\x01short", bad_lane], key=b"k", partition=partition)
    courier.ended(courier.send(site))

    def rejected() -> list[Rejected]:
        found = [each for each in courier.records(courier.topics.rejected) if each.key == b"k"]
        return found if len(found) >= 8 * courier.settings.partitions else []

    records = eventually(rejected, what="all of it is rejected")
    assert {each.reason for each in records} == {RejectedReason.UNREADABLE}
    assert {each.topic for each in records} == {courier.topics.deliveries, tier}
    assert {each.value for each in records} >= {b"garbage", None, b"\xc3\x01short"}
    assert len({(each.topic, each.partition, each.offset) for each in records}) == len(records)


def test_a_message_is_decided_under_the_configuration_that_it_names(courier: CourierStage, sites: Receiver) -> None:
    site = courier.site(sites.url("/old"))
    offset = courier.configure(a_site(site, base_revision=1, url=sites.url("/new"), retry_delays=[]))
    beyond = courier.message(site, config_offset=offset + 1_000_000)
    courier.put(beyond)
    courier.ended(courier.send(site, config_offset=offset))
    assert (len(sites.at("/old")), len(sites.at("/new"))) == (0, 1)

    def rejected() -> list[Rejected]:
        found = courier.records(courier.topics.rejected)
        return [each for each in found if each.reason is RejectedReason.CONFIG_UNKNOWN]

    [record] = eventually(rejected, what="the other one is rejected")
    assert decode(record.value) == beyond
    assert courier.rows([beyond]) == []


def test_a_message_that_comes_twice_is_sent_once(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/once", Answer(delay=0.3))
    message = courier.message(courier.site(sites.url("/once")))
    courier.put(message, message)
    courier.ended([message])
    courier.put(message)
    courier.ended(courier.send(message.site_id, customer=message.customer))
    assert len(sites.matching(lambda each: each.headers.get("webhook-id") == message.delivery_id)) == 1
    assert len(courier.rows([message])) == 1


def test_a_hanging_site_delays_nobody_else(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/hangs", HANG)
    hanging = courier.site(sites.url("/hangs"), timeout_seconds=60, retry_delays=[])
    good = [courier.site(sites.url(f"/good-{number}")) for number in range(9)]
    waiting = courier.send(hanging, 15)
    eventually(lambda: sites.at("/hangs"), what="it hangs")
    sent = [each for site in good for each in courier.send(site, 3)]
    courier.ended(sent)
    assert len(sites.matching(lambda each: each.path.startswith("/good-"))) == 27
    assert len(sites.at("/hangs")) == 1, "it hangs all the while"
    sites.let_go("/hangs")
    assert {row.status.value for row in courier.ended(waiting)} == {"done"}


def test_no_more_requests_than_the_site_allows_are_in_flight_and_a_full_lane_loses_nothing(
    courier: CourierStage, sites: Receiver
) -> None:
    sites.script("/narrow", Answer(delay=0.02))
    site = courier.site(sites.url("/narrow"), parallel=2, timeout_seconds=5)
    sent = courier.send(site, 100, parallel=2)
    courier.ended(sent)
    arrived = sites.at("/narrow")
    assert {each.webhook_id for each in arrived} == {each.delivery_id for each in sent}
    assert len(arrived) == 100
    starts = [each.at for each in arrived]
    assert all(third - first >= 0.015 for first, third in zip(starts, starts[2:], strict=False)), "never three at once"
    for slot in {each.lane for each in sent}:
        mine = [each.delivery_id for each in sent if each.lane == slot]
        assert [each.webhook_id for each in arrived if each.webhook_id in mine] == mine, "a lane keeps its order"


def test_a_site_that_says_when_is_asked_then_and_not_before(courier: CourierStage, sites: Receiver) -> None:
    sites.script("/busy", Answer(429, headers=(("Retry-After", "3"),)), 200)
    sent = courier.send(courier.site(sites.url("/busy")))
    [first, second] = courier.ended(sent)
    assert (first.status.value, first.response_code, second.status.value) == ("resent", 429, "done")
    before, after = sites.at("/busy")
    assert after.at - before.at >= 2.9
    assert (first.next_attempt_at or 0) - first.created_at - first.duration_us // 1000 in range(3_000, 3_100)
    assert second.created_at >= (first.next_attempt_at or 0)


def test_a_message_that_is_due_long_after_its_tier_goes_on_waiting_and_holds_up_nobody(
    courier: CourierStage, sites: Receiver
) -> None:
    site, now = courier.site(sites.url("/hops"), parallel=1), time.time_ns() // 1_000_000
    far = courier.message(site, step=2, reason=QueueReason.RETRYING, due=now + 3_600_000)
    late = courier.message(site, step=2, reason=QueueReason.RETRYING, due=now + 6_000)
    soon = courier.message(site, step=2, reason=QueueReason.RETRYING, due=now + 1_500)
    tier = courier.topics.retries[1.0]
    courier.put(far, late, soon, topic=tier)
    courier.ended([late, soon])
    first, second = sites.at("/hops")
    assert [first.webhook_id, second.webhook_id] == [soon.delivery_id, late.delivery_id]
    assert time.time() * 1000 >= late.due

    def moved_on() -> list[Delivery]:
        found = courier.records(courier.topics.retries[10.0])
        return [each for each in found if each.delivery_id == far.delivery_id]

    waiting = eventually(moved_on, what="the one that is far off waits in the next tier")
    assert [(each.step, each.due, each.parent_attempt) for each in waiting] == [(2, far.due, None)]


def test_a_tier_that_was_taken_out_of_the_setting_is_still_read(courier: CourierStage, sites: Receiver) -> None:
    site = courier.site(sites.url("/old-tier"))
    waiting = courier.message(site, step=2, reason=QueueReason.RETRYING, due=time.time_ns() // 1_000_000 + 500)
    courier.put(waiting, topic=courier.old_tier)
    courier.ended([waiting])
    assert len(sites.at("/old-tier")) == 1
