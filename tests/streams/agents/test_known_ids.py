"""Ids of producers in the hop *route*: a copy does nothing, another event under the id is rejected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.codec import decode
from schemas.records import Delivery, Rejected, RejectedReason
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.hop import Hop, Moment, SourceRecord
from streams.agents.known_ids import KnownIds
from streams.agents.route import Place, event_reader, route_hop
from streams.core.producer_ids import ProducerIds
from tests.streams.shop import NOW, Shop, a_record

WINDOW = 86_400_000
PLACE = Place("cluster-1", 12)


class Log:
    """The topic of events: what was written, and what was read of it."""

    def __init__(self, *records: SourceRecord) -> None:
        self.records = list(records)
        self.reads: list[dict[int, tuple[int, int]]] = []

    def latest(self, _window: int, _most: int) -> dict[int, tuple[int, int]]:
        return {each.partition: (0, each.offset + 1) for each in self.records}

    def read(self, spans: Mapping[int, tuple[int, int]]) -> Iterator[Any]:
        self.reads.append(dict(spans))
        return iter(
            FakeMessage(each)
            for each in self.records
            if spans.get(each.partition, (0, 0))[0] <= each.offset < spans.get(each.partition, (0, 0))[1]
        )


class FakeMessage:
    """A record as a consumer gives it."""

    def __init__(self, record: SourceRecord) -> None:
        self._record = record

    def topic(self) -> str:
        return self._record.topic

    def partition(self) -> int:
        return self._record.partition

    def offset(self) -> int:
        return self._record.offset

    def timestamp(self) -> tuple[int, int]:
        return 2, self._record.timestamp

    def key(self) -> bytes | None:
        return self._record.key

    def value(self) -> bytes | None:
        return self._record.value

    def headers(self) -> list[tuple[str, bytes]]:
        return []


def written(offset: int, partition: int = 0, **fields: Any) -> SourceRecord:
    event = {"id": "order-1", "account": "shop", "customer": "c-1", "action": "point_add", "data": {"points": 5}}
    return a_record(json.dumps(event | fields).encode(), offset=offset, partition=partition, timestamp=NOW + offset)


def hop_over(log: Log) -> Hop:
    shop = Shop()
    ids = KnownIds(ProducerIds(WINDOW, 100), log, WINDOW, event_reader(PLACE, shop.compiler))
    return route_hop(Topics(Settings()), PLACE, shop.configuration, shop.compiler, ids)


def stepped(hop: Hop, *batch: SourceRecord) -> list[Any]:
    if (needed := hop.needs(batch)) is not None:
        needed()
    return [decode(each.message.value) for each in hop.step(batch, Moment(NOW))]


def test_a_copy_does_nothing_and_another_event_under_its_id_is_rejected() -> None:
    hop = hop_over(Log())
    made = stepped(hop, written(0), written(1), written(2, data={"points": "5.0"}), written(3, data={"points": 6}))
    first, conflict = made
    assert isinstance(first, Delivery)
    assert isinstance(conflict, Rejected)
    assert (conflict.reason, conflict.path, conflict.account) == (RejectedReason.ID_CONFLICT, "id", "shop")
    assert (conflict.partition, conflict.offset, conflict.value) == (0, 3, written(3, data={"points": 6}).value)


def test_what_was_routed_before_the_start_is_known_whatever_its_partition() -> None:
    batch = written(10, partition=1), written(6, partition=2, id="order-3")
    hop = hop_over(log := Log(written(4), written(9, partition=1, customer="c-9"), *batch))
    assert [each.event_id for each in stepped(hop, *batch)] == ["order-3"], "the other is a copy"
    (conflict,) = stepped(hop, written(11, partition=1, customer="c-2"))
    assert conflict.reason is RejectedReason.ID_CONFLICT
    assert len(log.reads) == 1, "the log is read once"


def test_what_others_routed_while_a_partition_was_theirs_is_read_when_it_comes_back() -> None:
    log = Log(written(0, id="order-0"))
    hop = hop_over(log)
    stepped(hop, written(0, id="order-0"))
    stepped(hop, written(1, id="order-9"))
    log.records.append(written(2))
    (conflict,) = stepped(hop, written(3, customer="c-2"))
    assert conflict.reason is RejectedReason.ID_CONFLICT
    assert log.reads[-1] == {0: (2, 3)}


def test_what_is_no_event_has_no_id() -> None:
    log = Log(written(0, action="no such"), a_record(b"{", offset=1, partition=0))
    made = stepped(hop_over(log), written(2))
    assert [type(each) for each in made] == [Delivery]


def test_without_ids_everything_is_routed() -> None:
    shop = Shop()
    hop = route_hop(Topics(Settings()), PLACE, shop.configuration, shop.compiler)
    assert len(stepped(hop, written(0), written(1))) == 2
