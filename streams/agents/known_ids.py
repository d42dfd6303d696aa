"""Known ids: whether an event's id is another event's already, by what this worker has routed and what the log has.

At its first batch a worker reads the latest events of all partitions, so that it knows what was routed before it and by
others; a partition that comes back to it is read from where it was left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from confluent_kafka import Message

from schemas.kafka_clients import headers_of
from schemas.records import CustomerEvent, RejectedReason
from streams.agents.hop import SourceRecord, Unusable
from streams.core.producer_ids import IdVerdict, KnownId, ProducerIds, is_own, known_id
from streams.edges.span_reader import Span

__all__ = ["MOST_READ", "KnownIds", "Reader"]

MOST_READ = 100_000  # of the latest events, at the start
OTHER_EVENT = "another event of this account has this id"


class Reader(Protocol):
    """Reads the topic of events."""

    def latest(self, window: int, most: int) -> dict[int, Span]: ...
    def read(self, spans: Mapping[int, Span]) -> Iterator[Message]: ...


class KnownIds:
    """Those of one worker.

    Args:
        ids: what is remembered.
        reader: of the topic of events.
        window: ms for which an id is known.
        event_of: the event that a record of the log is; raises Unusable. Called in another thread.
    """

    def __init__(
        self, ids: ProducerIds, reader: Reader, window: int, event_of: Callable[[SourceRecord], CustomerEvent]
    ) -> None:
        self._ids, self._reader, self._window, self._event_of = ids, reader, window, event_of
        self._next: dict[int, int] | None = None  # partition -> the first offset that was not looked at

    def needs(self, batch: Sequence[SourceRecord]) -> Callable[[], None] | None:
        """What has to be done before these are judged, in a thread; None: nothing."""
        if self._next is None:
            return self._read_latest
        gaps = {}
        for record in batch:
            at = self._next.get(record.partition, record.offset)
            if record.offset > at:
                gaps[record.partition] = (at, record.offset)
            self._next[record.partition] = max(at, record.offset + 1)
        return (lambda: self._read(gaps)) if gaps else None

    def is_new(self, event: CustomerEvent, record: SourceRecord) -> bool:
        """Whether an event is to be routed; False: it is a copy of one.

        Raises:
            Unusable: its id is that of another event.
        """
        if not is_own(event):
            return True
        verdict = self._ids.judge(event.account, event.id, known(event, record))
        if verdict is IdVerdict.CONFLICT:
            raise Unusable(RejectedReason.ID_CONFLICT, OTHER_EVENT, path="id", account=event.account)
        return verdict is IdVerdict.NEW

    def _read_latest(self) -> None:
        spans = self._reader.latest(self._window, MOST_READ)
        self._read(spans)
        self._next = {partition: end for partition, (_, end) in spans.items()}

    def _read(self, spans: Mapping[int, Span]) -> None:
        for message in self._reader.read(spans):
            record = source_record(message)
            try:
                event = self._event_of(record)
            except Unusable:
                continue  # whoever routes it rejects it
            if is_own(event):
                self._ids.read(event.account, event.id, known(event, record))


def known(event: CustomerEvent, record: SourceRecord) -> KnownId:
    return known_id(event, written_at=record.timestamp, partition=record.partition, offset=record.offset)


def source_record(message: Message) -> SourceRecord:
    return SourceRecord(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        timestamp=message.timestamp()[1],
        key=message.key(),
        value=message.value(),
        headers=headers_of(message),
    )
