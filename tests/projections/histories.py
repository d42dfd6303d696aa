"""Small histories of a log, as Hypothesis draws them: chains of attempts, copies, parked ones, garbage."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import strategies as st

from projections.folds.places import Message
from schemas.codec import encode
from schemas.records import AttemptStatus, CommandKind, Outcome, RejectedReason
from tests.projections.records import (
    NOW,
    TOPICS,
    a_command,
    a_dead_letter,
    a_delivery,
    a_message,
    a_parked,
    a_rejected,
    a_request,
    an_attempt,
    an_event,
    an_operation,
)

__all__ = ["PARTITIONS", "histories", "interleavings"]

PARTITIONS = 3

statuses = st.sampled_from(list(AttemptStatus))
deliveries = st.sampled_from(["dlv_1", "dlv_2", "dlv_3"])
moments = st.integers(NOW, NOW + 5)
small = st.integers(1, 4)


def attempts() -> st.SearchStrategy[Any]:
    return st.builds(
        an_attempt,
        delivery_id=deliveries,
        chain=st.sampled_from(["0", "0192-b"]),
        step=small,
        status=statuses,
        response_code=st.sampled_from([None, 200, 500]),
        created_at=moments,
        next_attempt_at=st.none() | moments,
    )


def some_deliveries() -> st.SearchStrategy[Any]:
    return st.builds(a_delivery, delivery_id=deliveries, step=small, created_at=moments)


def records() -> st.SearchStrategy[Any]:
    return st.one_of(
        attempts(),
        some_deliveries(),
        st.builds(a_parked, some_deliveries(), at=moments),
        st.builds(
            a_command,
            st.sampled_from(["0192-b", "0193-c"]),
            kind=st.sampled_from(list(CommandKind)),
            delivery_id=deliveries,
            at=moments,
        ),
        st.builds(an_operation, st.sampled_from(["rsd_1", "rsd_2"]), state=st.sampled_from(["running", "done", None])),
        st.builds(a_dead_letter, some_deliveries(), attempts()),
        st.builds(
            a_request,
            id=st.sampled_from(["req_1", "req_2"]),
            outcome=st.sampled_from(list(Outcome)),
            received_at=moments,
        ),
        st.builds(an_event, id=st.sampled_from(["evt_1", "evt_2"]), data=st.sampled_from(["{}", '{"points":1}'])),
        st.builds(
            a_rejected,
            topic=st.sampled_from([TOPICS.attempts, TOPICS.customer_events, "elsewhere"]),
            partition=st.integers(0, PARTITIONS - 1),
            offset=st.integers(0, 3),
            reason=st.sampled_from(list(RejectedReason)),
        ),
    )


def garbage() -> st.SearchStrategy[Message]:
    topics = [TOPICS.attempts, TOPICS.deliveries, TOPICS.parked, TOPICS.incoming_requests, TOPICS.customer_events]
    values = st.none() | st.binary(max_size=20) | st.just(encode(an_attempt())[:-3])
    return st.builds(lambda value, topic: a_message(value, topic=topic), values, st.sampled_from(topics))


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """A log: each message at the end of a partition of its topic."""
    drawn = draw(st.lists(st.one_of(records().map(a_message), garbage()), min_size=1, max_size=25))
    ends: dict[tuple[str, int], int] = defaultdict(int)
    placed = []
    for message in drawn:
        partition = draw(st.integers(0, PARTITIONS - 1))
        offset = ends[message.topic, partition]
        ends[message.topic, partition] += 1
        placed.append(message._replace(partition=partition, offset=offset, timestamp=draw(moments)))
    return placed


@st.composite
def interleavings(draw: st.DrawFn, log: list[Message]) -> list[list[Message]]:
    """The log in an order that Kafka could give: each partition in its own order, cut into batches, some repeated."""
    queues: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in log:
        queues[message.topic, message.partition].append(message)
    batches: list[list[Message]] = [[]]
    while queues:
        place = draw(st.sampled_from(sorted(queues)))
        batches[-1].append(queues[place].pop(0))
        if not queues[place]:
            del queues[place]
        if draw(st.booleans()):
            batches.append([])
    again = draw(st.lists(st.sampled_from(range(len(batches))), max_size=3))
    return batches + [batches[index] for index in again]
