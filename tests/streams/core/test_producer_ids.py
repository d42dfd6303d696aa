"""Ids of producers: one id is one event, for as long and as many as are remembered."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.identity import event_id_of_request
from schemas.records import SourceType
from streams.core.producer_ids import IdVerdict, KnownId, ProducerIds, is_own, known_id
from tests.streams.shop import NOW, an_event

WINDOW = 1000


def known(offset: int, content: bytes = b"a", **fields: Any) -> KnownId:
    given: dict[str, Any] = {"timestamp": NOW, "timed": False, "written_at": NOW + offset, "partition": 0}
    return KnownId(content=content, offset=offset, **(given | fields))


def test_the_same_again_is_a_copy_and_something_else_a_conflict() -> None:
    ids = ProducerIds(WINDOW, 10)
    assert ids.judge("shop", "order-1", known(1)) is IdVerdict.NEW
    assert ids.judge("shop", "order-1", known(2)) is IdVerdict.COPY
    assert ids.judge("shop", "order-1", known(3, b"b")) is IdVerdict.CONFLICT
    assert ids.judge("other", "order-1", known(3, b"b")) is IdVerdict.NEW, "ids are unique in an account"


def test_a_record_that_is_read_again_is_no_copy_of_itself() -> None:
    ids = ProducerIds(WINDOW, 10)
    assert [ids.judge("shop", "order-1", known(1)) for _ in range(2)] == [IdVerdict.NEW] * 2


@pytest.mark.parametrize(("first", "second"), [((1, 0), (2, 1)), ((2, 1), (1, 0))])
def test_of_two_events_of_the_log_the_one_that_was_written_first_has_the_id(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    ids = ProducerIds(WINDOW, 10)
    for offset, partition in (first, second):
        ids.read("shop", "order-1", known(offset, b"%d" % offset, partition=partition))
    assert ids.judge("shop", "order-1", known(2, b"2", partition=1)) is IdVerdict.CONFLICT
    assert ids.judge("shop", "order-1", known(1, b"1", partition=0)) is IdVerdict.NEW


def test_an_id_is_forgotten_after_the_window() -> None:
    ids = ProducerIds(WINDOW, 10)
    ids.judge("shop", "order-1", known(0))
    assert ids.judge("shop", "order-1", known(WINDOW - 1, b"b")) is IdVerdict.CONFLICT
    assert ids.judge("shop", "order-1", known(WINDOW, b"b")) is IdVerdict.NEW


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    ids = ProducerIds(10**9, 100)
    for number in range(1000):
        ids.judge("shop", f"order-{number}", known(number))
    assert 50 <= len(ids) <= 100
    assert ids.judge("shop", "order-960", known(2000)) is IdVerdict.COPY


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"data": '{"points": 325.0}'}, True),
        ({"data": '{"a":1,"b":2}'}, {"data": '{"b":2,"a":1}'}, True),
        ({}, {"customer": "c-2"}, False),
        ({}, {"action": "opt_in"}, False),
        ({"timestamp": 5}, {"timestamp": 6}, False),
        ({"timestamp": 5}, {"timestamp": NOW + 1}, True),  # the second gave none: it has its record's
        ({"timestamp": 5}, {"timestamp": 6, "source": SourceType.API}, True),  # looked at by the door it came through
    ],
)
def test_what_makes_two_events_the_same(one: dict[str, Any], other: dict[str, Any], *, same: bool) -> None:
    first, second = (
        known_id(
            an_event(**({"source": SourceType.TOPIC} | fields)), written_at=NOW + number, partition=0, offset=number
        )
        for number, fields in enumerate((one, other))
    )
    assert first.same(second) is same
    assert second.same(first) is same


def test_ids_that_we_derive_are_nobody_elses() -> None:
    assert not is_own(an_event(id=event_id_of_request("req_1")))
    assert is_own(an_event(id="evt_1"))
