"""Records are kept small, and come back as they were."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import Connection, func, insert, select

from projections.folds.fold import Batch
from projections.folds.places import Kind, Message, place_of
from projections.queries.contents import record_at
from projections.queries.store import Store
from projections.store.errors import OffsetFenced
from projections.store.opening import backend_of
from projections.store.unpacking import plain
from projections.store.write import Move, Writer
from projections.tables import dictionaries, records
from schemas.codec import encode
from schemas.records import Delivery
from tests.projections.folding import FOLD, fold_into
from tests.projections.records import NOW, TOPICS, a_delivery, a_message

MANY = 2500


def a_body(number: int) -> bytes:
    data = {"points": number * 7919 % 1000, "reason": "till", "shop": f"shop-{number % 40}"}
    return orjson.dumps({"id": f"evt_{number:08x}", "account": "shop", "customer": f"c-{number * 31}", "data": data})


def deliveries(first: int, last: int) -> list[Message]:
    return [
        a_message(a_delivery(delivery_id=f"dlv_{n}", event_id=f"evt_{n:08x}", body=a_body(n)), offset=n)
        for n in range(first, last)
    ]


def sizes(connection: Connection) -> tuple[int, int]:
    """Of what is kept, and of what it was."""
    values = connection.execute(select(records.c.value)).scalars().all()
    return sum(map(len, values)), sum(len(plain(connection, value)) for value in values)


def test_records_are_kept_in_two_fifths_of_their_bytes_and_come_back_as_they_were(store_url: str) -> None:
    log = deliveries(0, MANY)
    fold_into(store_url, log[:900], log[900:1800], log[1800:])
    with Store(store_url).read() as connection:
        kept = {row.place: plain(connection, row.value) for row in connection.execute(select(records))}
        assert kept == {place_of(Kind.DELIVERY, 0, n): message.value for n, message in enumerate(log)}
        assert record_at(connection, place_of(Kind.DELIVERY, 0, 7), Delivery) == a_delivery(
            delivery_id="dlv_7", event_id="evt_00000007", body=a_body(7)
        )
    fold_into(store_url, deliveries(MANY, 2 * MANY))  # by another writer, which begins with the dictionary
    with Store(store_url).read() as connection:
        assert connection.execute(select(func.count()).select_from(dictionaries)).scalar() == 1
        packed, whole = sizes(connection)
    assert packed < 0.4 * whole


def test_a_dictionary_of_a_transaction_that_failed_is_stored_with_the_next(store_url: str) -> None:
    log = deliveries(0, MANY)
    batch, place = Batch(), (TOPICS.deliveries, 0)
    for message in log:
        batch.add(FOLD.rows(message))
    writer = Writer(store_url)
    writer.positions([place])
    with pytest.raises(OffsetFenced):
        writer.write(batch, {place: Move(7, MANY, MANY, NOW)})
    writer.write(batch, {place: Move(0, MANY, MANY, NOW)})
    writer.close()
    with Store(store_url).read() as connection:
        assert sizes(connection)[1] == sum(len(message.value or b"") for message in log)


def test_a_record_of_an_earlier_version_is_read_as_it_is(store_url: str) -> None:
    value, place = encode(a_delivery()), place_of(Kind.DELIVERY, 0, 0)
    engine = backend_of(store_url).writer()
    with engine.begin() as connection:
        connection.execute(insert(records).values(place=place, recorded_at=NOW, value=value))
    engine.dispose()
    with Store(store_url).read() as connection:
        assert record_at(connection, place, Delivery) == a_delivery()
