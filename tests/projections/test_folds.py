"""What becomes of single records: garbage, parked ones, dead letters; and what the store does when it is full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import String

from projections.folds.fold import INDEXED, Batch
from projections.folds.places import Kind, Message, kind_of, offset_of, partition_of, place_of
from projections.folds.rows import SHAPES, DeadLetterRow, RejectedRow
from projections.queries import offsets, webhook_log
from projections.queries.store import Store
from projections.store.errors import OffsetFenced, StoreUnavailable
from projections.store.merge import table_of
from projections.store.write import Move, Writer
from schemas.codec import encode
from schemas.records import AttemptError, AttemptStatus, DrainProgress, RejectedReason
from tests.projections.folding import FOLD, digests_of, fold_into
from tests.projections.records import (
    NOW,
    TOPICS,
    a_dead_letter,
    a_delivery,
    a_message,
    a_parked,
    a_rejected,
    a_request,
    an_attempt,
)

OURS = [
    TOPICS.incoming_requests,
    TOPICS.deliveries,
    TOPICS.parked,
    TOPICS.attempts,
    TOPICS.dead_letters,
    TOPICS.rejected,
]


def test_a_place_gives_back_what_it_was_made_of() -> None:
    place = place_of(Kind.REJECTED, 4095, 2**48 - 1)
    assert (kind_of(place), partition_of(place), offset_of(place)) == (Kind.REJECTED, 4095, 2**48 - 1)
    assert place < 2**63


@pytest.mark.parametrize("topic", OURS)
@pytest.mark.parametrize(
    "value",
    [None, b"", b"{", b"\x00\x00\x00\x00\x01x", b"\xc3\x01", encode(a_request())[:20], encode(an_attempt()) + b"x"],
)
def test_what_cannot_be_read_is_a_rejected_row_with_its_raw_bytes(topic: str, value: bytes | None) -> None:
    message = Message(topic, 2, 7, NOW, b"key", value, [("trace", b"\xff")])
    (row,) = FOLD.rows(message)
    assert isinstance(row, RejectedRow)
    assert (row.topic, row.partition, row.offset, row.reason) == (topic, 2, 7, "unreadable")
    assert (row.key, row.value) == (b"key", value)


@pytest.mark.parametrize("topic", OURS)
def test_a_record_of_another_kind_is_a_rejected_row(topic: str) -> None:
    wrong = a_delivery() if topic != TOPICS.deliveries else an_attempt()
    (row,) = FOLD.rows(a_message(encode(wrong), topic=topic))
    assert isinstance(row, RejectedRow)


@pytest.mark.parametrize(
    "record",
    [
        an_attempt(customer="c" * 3000),
        an_attempt(delivery_id="d" * 3000, site_id="s" * 3000),
        a_request(event_id="e" * 3000),
        a_delivery(delivery_id="d" * 3000),
    ],
)
def test_an_id_that_no_index_takes_is_a_rejected_row_and_the_others_are_written(store_url: str, record: Any) -> None:
    fold_into(store_url, [a_message(record), a_message(an_attempt(), offset=1)])
    (row,) = FOLD.rows(a_message(record))
    assert isinstance(row, RejectedRow)
    assert "has more than 512 characters" in (row.detail or "")


def test_every_text_that_has_an_index_is_looked_at() -> None:
    indexed = set()
    for kind in SHAPES:
        table = table_of(kind)
        columns = [*table.primary_key.columns, *(column for index in table.indexes for column in index.columns)]
        indexed |= {column.name for column in columns if isinstance(column.type, String)} & set(kind._fields)
    assert indexed == INDEXED


def test_what_is_no_event_gives_no_row_since_routing_rejects_it() -> None:
    for value in (b"junk", None, b'{"account":"shop"}', b'{"account":"shop","customer":"c","action":"x","data":7}'):
        assert FOLD.rows(a_message(value, topic=TOPICS.customer_events)) == ()


def test_a_room_that_rejects_what_the_projector_could_not_read_has_the_last_word(store_url: str) -> None:
    garbage = a_message(b"junk", topic=TOPICS.attempts, partition=1, offset=3)
    told = a_rejected(topic=TOPICS.attempts, partition=1, offset=3, reason=RejectedReason.INTERNAL_ERROR)
    fold_into(store_url, [garbage], [a_message(told, timestamp=NOW + 60_000)])
    store = Store(store_url)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT reason FROM rejected").scalars().all() == ["internal_error"]
    store.close()


def test_the_progress_of_a_drain_gives_no_row() -> None:
    progress = DrainProgress(site_id="site_1", partition=0, up_to_offset=5, at=NOW)
    assert FOLD.rows(a_message(encode(progress), topic=TOPICS.parked)) == ()


def test_a_parked_record_around_garbage_is_a_rejected_row() -> None:
    (row,) = FOLD.rows(a_message(replace(a_parked(a_delivery()), delivery=b"junk")))
    assert isinstance(row, RejectedRow)


def test_a_dead_letter_says_what_failed_and_how() -> None:
    last = an_attempt(step=6, status=AttemptStatus.FAILED, response_code=None, error=AttemptError.TIMEOUT)
    (row,) = FOLD.rows(a_message(a_dead_letter(a_delivery(step=6), last)))
    assert isinstance(row, DeadLetterRow)
    assert (row.step, row.error, row.site_id, row.customer) == (6, "timeout", "site_1", "c-1")


def test_absurd_numbers_of_a_record_are_kept_and_break_nothing(store_url: str) -> None:
    absurd = {"created_at": 2**63 - 1, "duration_us": 2**63 - 1, "step": 2**63 - 1, "next_attempt_at": -(2**63)}
    resent = an_attempt(status=AttemptStatus.RESENT, **absurd)
    fold_into(
        store_url,
        [
            a_message(resent),
            a_message(an_attempt(status=AttemptStatus.RESENT, created_at=-(2**63), duration_us=-(2**63)), offset=1),
            a_message(a_rejected(topic=TOPICS.customer_events, partition=2**62, offset=2**62)),
        ],
    )
    store = Store(store_url)
    with store.read() as connection:
        items = webhook_log.page(connection, "shop", {})["items"]
    store.close()
    assert [row["created_at"][:4] for row in items] == ["9999", "0001", "0001"]


def batch_of(messages: Iterable[Message]) -> Batch:
    batch = Batch()
    for message in messages:
        batch.add(FOLD.rows(message))
    return batch


def test_a_full_disk_keeps_rows_and_offsets_as_they_were_until_there_is_room(sqlite_url: str) -> None:
    writer = Writer(sqlite_url)
    place = TOPICS.deliveries, 0
    assert writer.positions([place]) == {place: 0}
    before = digests_of(sqlite_url)
    messages = [a_message(a_delivery(delivery_id=f"d{n}", body=b"x" * 5000), offset=n) for n in range(100)]
    batch, moves = batch_of(messages), {place: Move(0, 100, 100, NOW)}
    limit(writer, 50)
    with pytest.raises(StoreUnavailable, match="full"):
        writer.write(batch, moves)
    assert digests_of(sqlite_url) == before
    limit(writer, 1_000_000)
    writer.write(batch, moves)
    assert writer.positions([place]) == {place: 100}
    writer.close()


def limit(writer: Writer, pages: int) -> None:
    """As if the disk had room for this many pages."""
    with writer._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_a_writer_whose_offset_has_moved_writes_nothing(store_url: str) -> None:
    place = TOPICS.deliveries, 0
    first, second = Writer(store_url), Writer(store_url)
    first.positions([place])
    first.write(batch_of([a_message(a_delivery())]), {place: Move(0, 1, 1, NOW)})
    before = digests_of(store_url)
    with pytest.raises(OffsetFenced, match="another projector"):
        second.write(batch_of([a_message(a_delivery(delivery_id="d2"))]), {place: Move(0, 1, 1, NOW)})
    assert digests_of(store_url) == before
    first.close()
    second.close()


def test_a_view_is_as_old_as_the_partition_that_lags_most(store_url: str) -> None:
    places = [(TOPICS.deliveries, n) for n in range(3)]
    writer = Writer(store_url)
    writer.positions(places)
    store = Store(store_url)
    with store.read() as connection:
        assert offsets.as_of(connection) is None
    writer.write(Batch(), {places[0]: Move(0, 5, 5, NOW), places[1]: Move(0, 5, 5, NOW + 1000)})
    with store.read() as connection:
        assert offsets.as_of(connection) == "2025-11-24T16:00:01.000Z"
    writer.write(Batch(), {places[2]: Move(0, 5, 9, NOW - 1000)})
    with store.read() as connection:
        assert offsets.as_of(connection) == "2025-11-24T15:59:59.000Z"
    store.close()
    writer.close()
