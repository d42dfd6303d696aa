"""Rows folded per CPU-second, and how much of that is the database's own work.

*End to end*: from bytes to committed rows, decoded, folded, counted, compressed: the projector's own path. *Writing*:
the projector's writer with rows that are ready. *Driver*: the same rows by the same statements, `sqlite3` alone.

Run: `python bench/fold.py [events]`. For each event: a request, the event, a delivery, an attempt; one in ten is
resent once. Batches are of 2,000 records, as the projector takes them when it has fallen behind.
"""

from __future__ import annotations

import gc
import resource
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from unittest import mock

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.folds.rows import RecordRow
from projections.store import figures
from projections.store.merging import ON_SQLITE
from projections.store.migrate import upgrade
from projections.store.opening import backend_of
from projections.store.packing import Packer
from projections.store.sqlite import WRITER_PRAGMAS
from projections.store.write import Move, Partition, Writer
from schemas.codec import encode
from schemas.identity import delivery_id, event_id_of_request
from schemas.records import AttemptStatus
from schemas.settings import Settings
from schemas.topics import Topics
from tests.projections.records import NOW, a_delivery, a_request, an_attempt, an_event

BATCH = 2000
PARTITIONS = 12
TOPICS = Topics(Settings())


def records(events: int, every: float = 0.5, *, attempts_only: bool = False) -> Iterator[tuple[str, int, bytes]]:
    """Topic, time and bytes of each record, in the order of writing; an event `every` so many milliseconds."""
    for number in range(events):
        yield from records_of(number, NOW + int(number * every), attempts_only=attempts_only)


def records_of(number: int, at: int, *, attempts_only: bool = False) -> Iterator[tuple[str, int, bytes]]:
    """What one event writes: a request, an event, a delivery, and an attempt; one in ten is resent first."""
    request = f"req_{at:x}{uuid.uuid5(uuid.NAMESPACE_OID, str(number)).hex[:20]}"
    customer = f"c-{number * 7919 % 50_000}"
    event = event_id_of_request(request)
    delivery = delivery_id("shop", event, "sub_1")
    body = b'{"id":"%s","data":{"points":325}}' % event.encode()
    same = {"customer": customer, "account": "shop"}
    sent = {"delivery_id": delivery, "event_id": event, "site_id": f"site_{number % 20}", "created_at": at, **same}
    if not attempts_only:
        yield TOPICS.incoming_requests, at, encode(a_request(id=request, received_at=at, event_id=event, **same))
        yield TOPICS.customer_events, at, encode(an_event(id=event, timestamp=at, request_id=request, **same))
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


def batches_of(
    log: Iterable[Message], at: Mapping[Partition, int] | None = None
) -> Iterator[tuple[Batch, dict[Partition, Move]]]:
    """Folded records, a transaction's worth at a time; `at`: where the store is."""
    folding, at = Fold(TOPICS, "bench"), dict(at or {})
    records = iter(log)
    while some := list(islice(records, BATCH)):
        batch, moves = Batch(), dict[Partition, Move]()
        for message in some:
            batch.add(folding.rows(message))
            place = message.topic, message.partition
            moves[place] = Move(at.get(place, 0), message.offset + 1, message.offset + 1, message.timestamp)
        at |= {place: move.next_offset for place, move in moves.items()}
        yield batch, moves


def write(made: Iterable[tuple[Batch, dict[Partition, Move]]], url: str) -> int:
    """Write them; how many rows they had."""
    writer = Writer(url)
    writer.positions((topic, number) for topic in Fold(TOPICS, "").topics for number in range(PARTITIONS))
    rows = 0
    for batch, moves in made:
        writer.write(batch, moves)
        rows += sum(len(table) for table in batch.tables.values())
    writer.close()
    return rows


Stored = list[list[tuple[str, list[tuple[object, ...]]]]]  # by transaction: statements and their rows


def stored(url: str, log: list[Message]) -> Stored:
    """The rows as they are stored, records compressed, by the transactions in which they came."""
    kept: Stored = []
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    packed = dict(connection.execute("SELECT place, value FROM records"))
    connection.close()
    for batch, _ in batches_of(log):
        tables: list[tuple[str, list[tuple[object, ...]]]] = []
        for kind, rows in batch.tables.items():
            found = list(rows.values())
            if kind is RecordRow:
                found = [RecordRow(row[0], row[1], packed[row[0]]) for row in found]
            tables.append((ON_SQLITE[kind], [tuple(row) for row in found]))
        kept.append(tables)
    return kept


def drive(kept: Stored, url: str) -> None:
    """The same rows by the same statements through the driver alone."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in WRITER_PRAGMAS:
        connection.execute(pragma)
    for tables in kept:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in tables:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    connection.close()


def only_rows(log: list[Message], url: str) -> list[tuple[Batch, dict[Partition, Move]]]:
    """Batches that are folded and compressed already, and concern no figures."""
    engine = backend_of(url).writer()
    packer, made = Packer(), []
    with engine.begin() as connection:
        for batch, moves in batches_of(log):
            rows = packer.pack(connection, list(batch.tables.get(RecordRow, {}).values()))
            batch.tables[RecordRow] = {row[:1]: row for row in rows}
            made.append((batch, moves))
        connection.rollback()
    engine.dispose()
    return made


@contextmanager
def nothing_but_rows() -> Iterator[None]:
    """The writer as it is, without figures and without compressing once more."""
    with (
        mock.patch.object(figures, "differences", return_value={}),
        mock.patch.object(figures, "add"),
        mock.patch.object(Packer, "pack", lambda _self, _connection, rows: list(rows)),
    ):
        yield


def cpu_of(action: Callable[[], object]) -> float:
    """CPU-seconds of this process."""
    gc.collect()
    before = time.process_time()
    action()
    return time.process_time() - before


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        log = messages(events)
        whole, rows_only, driver = (f"sqlite:///{Path(folder) / name}.db" for name in ("fold", "rows", "driver"))
        for url in (whole, rows_only, driver):
            upgrade(url)
        rows = 0

        def all_of_it() -> None:
            nonlocal rows
            rows = write(batches_of(log), whole)

        end_to_end = cpu_of(all_of_it)
        ready = only_rows(log, rows_only)
        with nothing_but_rows():
            writing = cpu_of(lambda: write(ready, rows_only))
        kept = stored(whole, log)
        driving = cpu_of(lambda: drive(kept, driver))
        plain = sum(len(message.value or b"") for message in log if message.topic != TOPICS.customer_events)
        with closing(sqlite3.connect(Path(folder) / "fold.db")) as connection:
            packed = connection.execute("SELECT SUM(LENGTH(value)) FROM records").fetchone()[0]
        size = (Path(folder) / "fold.db").stat().st_size
    print(f"{events:,} events, {len(log):,} records, {rows:,} rows, {size / events:,.0f} bytes an event on disk")
    print(f"end to end {rows / end_to_end:10,.0f} rows a CPU-second, {len(log) / end_to_end:,.0f} records")
    print(f"writing    {rows / writing:10,.0f} rows a CPU-second")
    print(f"driver     {rows / driving:10,.0f} rows a CPU-second")
    print(f"ratios     writing / driver {driving / writing:.2f}, end to end / driver {driving / end_to_end:.2f}")
    print(f"records    {packed / plain:.2f} of their bytes")
    print(f"memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB, this bench's log included")


if __name__ == "__main__":
    main()
