"""One site's parked messages of one partition: what is taken, what is left, and what may be said of it."""

from __future__ import annotations

from typing import Any

from schemas.codec import encode
from schemas.records import DrainProgress
from streams.agents.deliver.drain import Drain
from streams.agents.deliver.work import Arrived, Source
from streams.core.attempts import parked, postponed
from streams.core.backlog import Backlog
from streams.core.window import Snapshot
from tests.streams.courier_values import a_delivery

Record = tuple[int, bytes | None, int]


def record(offset: int, site: str = "crm", **fields: Any) -> Record:
    delivery = a_delivery(delivery_id=f"dlv_{offset}", site_id=site, **fields)
    return offset, encode(parked(delivery, "site_inactive", 100 + offset, origin_offset=0)), 100 + offset


def a_drain(first: int = 0, last: int = 9, **fields: Any) -> Drain:
    return Drain("parked", 0, Backlog("shop", "crm", first, last, 100, **fields))


def take_up(drain: Drain) -> Source:
    source = Source(drain.inlet, drain.inlet.take_up().offset, Snapshot({}))
    drain.opened(source)
    return source


def held(drain: Drain) -> list[str]:
    found = []
    while (head := drain.inlet.head) is not None:
        assert isinstance(head.item, Arrived)
        found.append(head.item.delivery.delivery_id)
        take_up(drain)
    return found


def test_only_its_own_messages_are_taken_in_their_order() -> None:
    drain = a_drain()
    said = encode(DrainProgress(site_id="crm", partition=0, up_to_offset=0, at=0))
    drain.take([record(0), record(1, "erp"), (2, said, 0), (3, b"garbage", 0), (4, None, 0), record(5)], 10)
    assert drain.next == 6
    assert held(drain) == ["dlv_0", "dlv_5"]


def test_what_ended_or_waits_elsewhere_is_not_taken_again() -> None:
    elsewhere = postponed(a_delivery(delivery_id="dlv_2"), origin_offset=0, due=50, since=1)
    drain = a_drain(done=frozenset({"dlv_1.0.1"}), postponed={"dlv_2.0.1": elsewhere.due, "dlv_3.0.1": 7})
    drain.take([record(0), record(1), record(2), record(3, due=7)], 10)
    assert held(drain) == ["dlv_0", "dlv_3"], "that of 3 was parked again since"


def test_what_there_is_no_room_for_is_read_again() -> None:
    drain = a_drain(last=999)
    drain.take([record(offset) for offset in range(300)], 1000)
    assert drain.next == 256
    drain.give_back()
    assert (drain.next, drain.inlet.head) == (0, None)


def test_its_progress_covers_what_has_ended_and_nothing_else() -> None:
    drain = a_drain()
    drain.take([record(0), record(1, "erp"), record(2), record(3)], 10)
    assert drain.up_to == 0
    first, second = take_up(drain), take_up(drain)
    second.inlet.watermark.end(second.offset)
    assert drain.up_to == 0
    first.inlet.watermark.end(first.offset)
    assert drain.up_to == 3, "the next is held"
    last = take_up(drain)
    last.inlet.watermark.end(last.offset)
    assert drain.up_to == 4


def test_proof_is_held_until_the_progress_is_in_the_log() -> None:
    drain = a_drain(last=1)
    drain.take([record(0), record(1)], 2)
    sources = [take_up(drain), take_up(drain)]
    assert [source.snapshot.held for source in sources] == [1, 1]
    drain.acknowledged(1)
    assert [source.snapshot.held for source in sources] == [0, 1]
    assert not drain.over
    drain.acknowledged(2)
    assert [source.snapshot.held for source in sources] == [0, 0]
    assert drain.over


def test_what_is_parked_after_its_end_begins_there() -> None:
    drain = a_drain(first=0, last=-1)
    assert drain.over
    drain.writing = 1
    assert drain.waits
    drain.writing = 0
    drain.parked(7, 900)
    assert (drain.next, drain.end, drain.known, drain.since) == (7, 8, 7, 900)
    drain.parked(9, 901)
    assert (drain.next, drain.end, drain.since) == (7, 10, 900)


def test_a_piece_that_is_gone_from_the_log_is_passed_over() -> None:
    drain = a_drain(last=9)
    drain.take([], 10)
    assert not drain.waits
    assert drain.up_to == 10
