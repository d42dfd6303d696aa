"""What an assignment means: for each partition number, where to start, what was done before, where the topics end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaException, TopicPartition

from schemas.errors import KafkaUnavailable, RecordUnreadable
from streams.core.backlog import Backlog
from streams.core.orders import Orders
from streams.core.proof import Proofs
from streams.core.succession import Away
from streams.core.window import Marks, backlog_from, marks_from, ordered_from
from streams.edges.orders_reader import OrdersReader
from streams.edges.proof_reader import ProofReader

__all__ = ["Assigner", "Share"]

log = structlog.get_logger(__name__)

PATIENCE = 10.0  # seconds for one answer of the broker
Place = tuple[str, int]  # topic, partition


@dataclass(frozen=True, slots=True)
class Share:
    """One partition number of every topic: what belongs together, and to one courier."""

    number: int
    starts: Mapping[str, int]  # topic -> offset to read from
    ends: Mapping[str, int]  # topic -> where it ended at the assignment
    mark: Marks
    proof_ends: Marks
    proofs: Proofs
    orders: Orders = field(default_factory=Orders)
    backlogs: Sequence[Backlog] = ()  # parked messages that wait
    away: Sequence[Away] = ()  # messages whose order matters, waiting in tiers or parked


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the metadata of a commit says."""

    mark: Marks
    backlog: int | None = None
    ordered: bool = False


class Assigner:
    """Works out shares, in the consumer's thread."""

    def __init__(self, *, deliveries: str, proofs: ProofReader, orders: OrdersReader) -> None:
        self._deliveries, self._proofs, self._orders = deliveries, proofs, orders

    def shares(self, consumer: Consumer, partitions: Sequence[TopicPartition]) -> list[Share]:
        """The shares of an assignment.

        Raises:
            KafkaUnavailable: the broker did not say what is needed to know it.
        """
        if not partitions:
            return []
        try:
            committed = consumer.committed(list(partitions), timeout=PATIENCE)
            firsts = offsets(consumer, partitions, OFFSET_BEGINNING)
            ends = offsets(consumer, partitions, OFFSET_END)
        except KafkaException as error:
            raise KafkaUnavailable(f"the offsets of the courier are not known: {error.args[0].str()}") from None
        starts = {place(p): max(p.offset, firsts[place(p)]) for p in committed}
        kept = {p.partition: self._mark(p) for p in committed if p.topic == self._deliveries}
        marks = {number: each.mark for number, each in kept.items()}
        backlogs = {number: each.backlog for number, each in kept.items() if each.backlog is not None}
        tiers = {number: of(starts, number) for number, each in kept.items() if each.ordered}
        proven, commands = self._proofs.read(marks, backlogs, tiers), self._orders.topic
        orders = self._orders.read({n: starts[commands, n] for n in marks}, {n: firsts[commands, n] for n in marks})
        log.info(
            "partitions assigned", numbers=sorted(marks), proven=sum(len(p.proofs.handled) for p in proven.values())
        )
        return [
            Share(
                number=n,
                starts=of(starts, n),
                ends=of(ends, n),
                mark=mark,
                proof_ends=proven[n].ends,
                proofs=proven[n].proofs,
                orders=orders[n],
                backlogs=proven[n].backlogs,
                away=proven[n].away,
            )
            for n, mark in marks.items()
        ]

    @staticmethod
    def _mark(position: TopicPartition) -> _Kept:
        text = position.metadata
        try:
            return _Kept(marks_from(text), backlog_from(text), ordered_from(text))
        except RecordUnreadable as error:
            log.warning("proof is read from its beginning", partition=position.partition, reason=str(error))
            return _Kept({})


def place(partition: TopicPartition) -> Place:
    return partition.topic, partition.partition


def of(offsets: Mapping[Place, int], number: int) -> dict[str, int]:
    return {topic: offset for (topic, partition), offset in offsets.items() if partition == number}


def offsets(consumer: Consumer, partitions: Sequence[TopicPartition], which: int) -> dict[Place, int]:
    """Where the partitions begin or end, in one request; an admin client's can abort the process in an outage."""
    asked = [TopicPartition(p.topic, p.partition, which) for p in partitions]
    found = consumer.offsets_for_times(asked, timeout=PATIENCE)
    if failed := next((p.error for p in found if p.error), None):
        raise KafkaException(failed)
    return {place(p): p.offset for p in found}
