"""Carrying a batch: everything is acknowledged before it ends, and a record that is ahead of us is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from schemas.codec import decode, encode
from schemas.errors import KafkaUnavailable
from schemas.records import RejectedReason
from streams.agents import carry
from streams.agents.carry import Carrier
from streams.agents.hop import Behind, Hop, Moment, SourceRecord
from streams.edges.kafka import Message
from streams.edges.outbox import MessageRefused, Placed
from tests.streams.shop import NOW, a_record, a_request


class FakeOutbox:
    """Remembers batches; answers each with the next of `results`."""

    def __init__(self, *results: Exception | None) -> None:
        self.sent: list[list[Message]] = []
        self._results = list(results)

    def send(self, messages: Sequence[Message]) -> Future[list[Placed]]:
        self.sent.append(list(messages))
        future: Future[list[Placed]] = Future()
        error = self._results.pop(0) if self._results else None
        if error is None:
            future.set_result([Placed(0, 0) for _ in messages])
        else:
            future.set_exception(error)
        return future


class FakeFollower:
    """A fold that reaches `end` - 1 when it is waited for, or does not."""

    def __init__(self, end: int, *, arrives: bool = True) -> None:
        self.end, self.arrives, self.folded = end, arrives, 0

    def end_offset(self) -> int:
        return self.end

    def wait_for(self, offset: int, timeout: float) -> bool:
        assert timeout > 0
        self.folded = offset if self.arrives else self.folded
        return self.arrives


def repeat(record: SourceRecord, _: Moment) -> Iterator[Message]:
    yield Message("out", record.key, record.value or b"")


def hop_of(turn: Callable[[SourceRecord, Moment], Iterator[Message]] = repeat) -> Hop:
    return Hop("repeat", "hookline.source", "hookline.rejected", turn)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_a_batch_is_sent_as_one() -> None:
    outbox = FakeOutbox()
    run(Carrier(outbox, FakeFollower(1), lambda: NOW).carry(hop_of(), [a_record(b"a"), a_record(b"b")]))
    assert [[message.value for message in batch] for batch in outbox.sent] == [[b"a", b"b"]]


def test_large_records_go_in_smaller_batches_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "PART_BYTES", 10)
    outbox = FakeOutbox()
    values = [b"x" * size for size in (4, 4, 4, 25, 1, 2)]
    run(Carrier(outbox, FakeFollower(1), lambda: NOW).carry(hop_of(), [a_record(value) for value in values]))
    assert [[len(message.value) for message in batch] for batch in outbox.sent] == [[4, 4], [4], [25], [1, 2]]


def test_what_is_not_known_to_be_in_kafka_is_a_failure() -> None:
    carrier = Carrier(FakeOutbox(KafkaUnavailable("no word")), FakeFollower(1), lambda: NOW)
    with pytest.raises(KafkaUnavailable):
        run(carrier.carry(hop_of(), [a_record(b"a")]))


def test_what_kafka_refuses_for_good_becomes_a_reference_and_the_rest_stays_sent() -> None:
    outbox = FakeOutbox(MessageRefused((1,), "too large"))
    batch = [a_record(b"a", offset=1), a_record(b"huge", offset=2), a_record(b"c", offset=3)]
    run(Carrier(outbox, FakeFollower(1), lambda: NOW).carry(hop_of(), batch))

    assert len(outbox.sent) == 2
    (message,) = outbox.sent[1]
    rejected = decode(message.value)
    assert message.topic == "hookline.rejected"
    assert message.key == b"hookline.source/2/2"
    assert (rejected.reason, rejected.value, rejected.key) == (RejectedReason.REFUSED_BY_KAFKA, b"", None)
    assert rejected.offset == 2


@pytest.mark.parametrize(
    ("value", "account"),
    [
        (encode(a_request(account="shop")), "shop"),
        (b'{"account": "shop", "customer": "c"}', "shop"),
        (b'{"account": 7}', None),
        (b"[]", None),
        (b"no record", None),
    ],
)
def test_a_reference_says_whose_record_it_is(value: bytes, account: str | None) -> None:
    outbox = FakeOutbox(MessageRefused((0,), "too large"), None)
    run(Carrier(outbox, FakeFollower(1), lambda: NOW).carry(hop_of(), [a_record(value)]))
    rejected = decode(outbox.sent[-1][0].value)
    assert (rejected.reason, rejected.account) == (RejectedReason.REFUSED_BY_KAFKA, account)


def test_a_reference_that_is_refused_too_is_a_failure_and_no_endless_loop() -> None:
    refused = MessageRefused((0,), "too large")
    with pytest.raises(MessageRefused):
        run(Carrier(FakeOutbox(refused, refused), FakeFollower(1), lambda: NOW).carry(hop_of(), [a_record(b"a")]))


def behind(follower: FakeFollower, offset: int) -> Hop:
    def turn(_: SourceRecord, moment: Moment) -> Iterator[Message]:
        if follower.folded < offset and (moment.config_end is None or offset < moment.config_end):
            raise Behind(offset)
        yield Message("out", None, f"{follower.folded} {moment.config_end}".encode())

    return hop_of(turn)


def test_a_record_that_is_ahead_waits_for_the_change_it_was_decided_under() -> None:
    outbox, follower = FakeOutbox(), FakeFollower(8)
    run(Carrier(outbox, follower, lambda: NOW).carry(behind(follower, 7), [a_record(b"a")]))
    assert outbox.sent[0][0].value == b"7 8"


def test_a_record_beyond_the_end_of_config_is_not_waited_for() -> None:
    outbox, follower = FakeOutbox(), FakeFollower(7, arrives=False)
    run(Carrier(outbox, follower, lambda: NOW).carry(behind(follower, 7), [a_record(b"a")]))
    assert outbox.sent[0][0].value == b"0 7"


def test_a_change_that_is_there_and_does_not_arrive_is_a_failure() -> None:
    follower = FakeFollower(8, arrives=False)
    with pytest.raises(KafkaUnavailable, match="offset 7 of config"):
        run(Carrier(FakeOutbox(), follower, lambda: NOW).carry(behind(follower, 7), [a_record(b"a")]))
