"""Reads what proves steps (`attempts`, `retries.*`, `dead-letters`, `parked`) from a mark to the ends.

Done at each assignment, before the first message of a partition is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.codec import decode
from schemas.errors import KafkaUnavailable, RecordUnreadable
from schemas.records import Delivery
from schemas.settings import Settings
from streams.core.backlog import Backlog, Backlogs
from streams.core.proof import Proofs, step_key
from streams.core.succession import Away, succession_of
from streams.core.window import Marks
from streams.edges.clock import steady
from streams.edges.kafka import consumer_config

__all__ = ["ProofReader", "Proven"]

log = structlog.get_logger(__name__)

BATCH = 500
PATIENCE = 30.0  # seconds without a record and without an end
OVERLAP = 500  # attempts before the mark that are read too: late copies of messages that ended are known by them


@dataclass(frozen=True, slots=True)
class Proven:
    """What one partition number's topics prove, and where they end."""

    proofs: Proofs
    ends: Marks
    backlogs: Sequence[Backlog]  # parked messages that wait
    away: Sequence[Away]  # messages whose order matters, waiting in tiers or parked


class ProofReader:
    """Reads with a consumer of its own, outside any group.

    Args:
        settings: where Kafka is.
        topics: the topics of proof.
        attempts: the one of them that holds the rows.
        parked: the one of them that holds parked messages.
    """

    def __init__(self, settings: Settings, topics: Sequence[str], *, attempts: str, parked: str) -> None:
        self._config = consumer_config(settings, "hookline-courier-proof", "hookline-courier-proof") | {
            "enable.partition.eof": True,
            "fetch.queue.backoff.ms": 10,
        }
        self._topics, self._attempts, self._parked = topics, attempts, parked

    def read(
        self, marks: Mapping[int, Marks], backlogs: Mapping[int, int], tiers: Mapping[int, Marks] | None = None
    ) -> dict[int, Proven]:
        """Read the partitions named, each from its mark; `parked` from where messages wait there, if that is before.

        `tiers` has from where on the retry topics are read for messages whose order matters, where there are any.

        Raises:
            KafkaUnavailable: the broker does not give them.
        """
        ends: dict[int, dict[str, int]] = {number: {} for number in marks}
        found = {number: _Found(mark, self._parked, self._attempts) for number, mark in marks.items()}
        for message in self._messages(self._starts(marks, backlogs, tiers or {}), ends):
            try:
                found[message.partition() or 0].fold(message)
            except RecordUnreadable as error:
                topic, offset = message.topic(), message.offset()
                log.warning("unreadable proof", topic=topic, offset=offset, reason=str(error))
        return {number: one.proven(ends[number]) for number, one in found.items()}

    def _starts(
        self, marks: Mapping[int, Marks], backlogs: Mapping[int, int], tiers: Mapping[int, Marks]
    ) -> list[TopicPartition]:
        def start(topic: str, number: int) -> int:
            mark = marks[number].get(topic, 0)
            if topic == self._parked:
                return min(mark, backlogs.get(number, mark))
            if topic == self._attempts:
                return max(0, mark - OVERLAP)
            return min(mark, tiers.get(number, {}).get(topic, mark))

        return [TopicPartition(topic, number, start(topic, number)) for number in marks for topic in self._topics]

    def _messages(self, starts: list[TopicPartition], ends: dict[int, dict[str, int]]) -> Iterator[Message]:
        """The records up to each end; `ends` is filled on the way."""
        consumer = Consumer(self._config)
        try:
            consumer.assign(starts)
            missing, deadline = len(starts), steady() + PATIENCE
            while missing:
                for message in consumer.consume(BATCH, 0.05):
                    deadline = steady() + PATIENCE
                    error = message.error()
                    if error is None:
                        yield message
                    elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
                        missing -= self._ended(message, ends)
                if steady() > deadline:
                    raise KafkaUnavailable(f"{missing} partitions of {', '.join(self._topics)} could not be read")
        finally:
            consumer.close()

    @staticmethod
    def _ended(message: Message, ends: dict[int, dict[str, int]]) -> int:
        found = ends[message.partition() or 0]
        new = message.topic() not in found
        found[message.topic() or ""] = message.offset() or 0
        return int(new)


class _Found:
    """What was read of one partition number."""

    def __init__(self, mark: Marks, parked: str, attempts: str) -> None:
        self._mark, self._parked, self._attempts = mark, parked, attempts
        self._proofs, self._backlogs = Proofs(), Backlogs()
        self._away: dict[str, Away] = {}  # by step

    def fold(self, message: Message) -> None:
        topic, offset, record = message.topic() or "", message.offset() or 0, decode(message.value())
        if topic == self._parked:
            self._backlogs.fold(record, offset)
        elif isinstance(record, Delivery) and (name := succession_of(record)) is not None:
            step = step_key(record)
            self._away[step] = Away(name, record.origin_offset, step)
        if topic == self._attempts or offset >= self._mark.get(topic, 0):
            self._proofs.fold(record, message.key())

    def proven(self, ends: Marks) -> Proven:
        proofs, backlogs = self._proofs, self._backlogs.remaining(self._proofs)
        parked = [away for each in backlogs for away in each.ordered]
        waiting = [away for step, away in self._away.items() if step not in proofs.handled]
        return Proven(proofs, ends, backlogs, [*waiting, *parked])
