"""Rows folded per CPU-second: the projector's own path from bytes to committed rows, and the driver alone beside it.

Run: `python bench/fold.py [events]`. For each event: a request, the event, a delivery, an attempt; one in ten is
resent once. Batches are of 2,000 records, as the projector takes them when it has fallen behind.
"""

from __future__ import annotations

import resource
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.store.merge import upsert
from projections.store.migrate import upgrade
from projections.store.write import Move, Writer
from schemas.codec import encode
from schemas.identity import delivery_id, event_id_of_request
from schemas.records import AttemptStatus
from schemas.settings import Settings
from schemas.topics import Topics
from tests.projections.records import NOW, a_delivery, a_request, an_attempt, an_event

BATCH = 2000
PARTITIONS = 12
TOPICS = Topics(Settings())


def records(events: int) -> Iterator[tuple[str, int, bytes]]:
    """Topic, time and bytes of each record, in the order in which they would be written."""
    for number in range(events):
        at = NOW + number // 2
        request = f"req_{at:x}{uuid.uuid5(uuid.NAMESPACE_OID, str(number)).hex[:20]}"
        customer = f"c-{number * 7919 % 50_000}"
        event = event_id_of_request(request)
        delivery = delivery_id("shop", event, "sub_1")
        body = b'{"id":"%s","data":{"points":325}}' % event.encode()
        same = {"customer": customer, "account": "shop"}
        yield TOPICS.incoming_requests, at, encode(a_request(id=request, received_at=at, event_id=event, **same))
        yield TOPICS.customer_events, at, encode(an_event(id=event, timestamp=at, request_id=request, **same))
        sent = {"delivery_id": delivery, "event_id": event, "site_id": f"site_{number % 20}", "created_at": at, **same}
        yield TOPICS.deliveries, at, encode(a_delivery(body=body, **sent))
        if number % 10 == 0:
            resent = an_attempt(request_body=body, status=AttemptStatus.RESENT, response_code=503, **sent)
            yield TOPICS.attempts, at, encode(resent)
            yield TOPICS.attempts, at, encode(an_attempt(request_body=body, step=2, **sent))
        else:
            yield TOPICS.attempts, at, encode(an_attempt(request_body=body, **sent))


def messages(events: int) -> list[Message]:
    ends: dict[tuple[str, int], int] = {}
    found = []
    for number, (topic, at, value) in enumerate(records(events)):
        place = topic, number % PARTITIONS
        offset = ends.get(place, 0)
        ends[place] = offset + 1
        found.append(Message(*place, offset, at, b"key", value, []))
    return found


def fold(log: list[Message], url: str) -> tuple[int, list[Batch]]:
    """Fold everything; rows written, and the batches."""
    folding = Fold(TOPICS, "bench")
    writer = Writer(url)
    at = writer.positions({(message.topic, message.partition) for message in log})
    rows, batches = 0, []
    for start in range(0, len(log), BATCH):
        batch = Batch()
        moves: dict[tuple[str, int], Move] = {}
        for message in log[start : start + BATCH]:
            batch.add(folding.rows(message))
            place = message.topic, message.partition
            moves[place] = Move(at[place], message.offset + 1, message.offset + 1, message.timestamp)
        writer.write(batch, moves)
        at |= {place: move.next_offset for place, move in moves.items()}
        rows += sum(len(table) for table in batch.tables.values())
        batches.append(batch)
    writer.close()
    return rows, batches


def drive(batches: list[Batch], url: str) -> None:
    """The same rows by the same statements through the driver alone."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-40960", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        for kind, rows in batch.tables.items():
            connection.executemany(upsert(kind), list(rows.values()))
        connection.execute("COMMIT")
    connection.close()


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        log = messages(events)
        urls = [f"sqlite:///{Path(folder) / name}.db" for name in ("fold", "driver")]
        for url in urls:
            upgrade(url)
        started, cpu = time.monotonic(), time.process_time()
        rows, batches = fold(log, urls[0])
        took, busy = time.monotonic() - started, time.process_time() - cpu
        cpu = time.process_time()
        drive(batches, urls[1])
        driver = time.process_time() - cpu
        size = (Path(folder) / "fold.db").stat().st_size
    print(f"{events:,} events, {len(log):,} records, {rows:,} rows, {size / events:,.0f} bytes an event on disk")
    print(f"fold      {len(log) / busy:10,.0f} records, {rows / busy:10,.0f} rows a CPU-second  ({took:.1f} s)")
    print(f"driver    {rows / driver:34,.0f} rows a CPU-second")
    print(f"ratio     {driver / busy:34.2f}")
    print(f"memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB, this bench's log included")


if __name__ == "__main__":
    main()
