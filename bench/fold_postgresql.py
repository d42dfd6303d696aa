"""Rows per second into PostgreSQL: the projector's writer and its merge, beside COPY of the same rows into bare tables.

Run: `python bench/fold_postgresql.py [events]`. The server is one of its own, of the wheel that the tests use; the
rows are those of `bench/fold.py`, folded and compressed before the clock starts, in batches of 10,000 records, as a
projector takes them that builds the store. *Bare*: `COPY` into tables of the same columns with the same indexes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import psycopg

from bench import fold
from projections.folds.rows import SHAPES
from projections.store.copying import type_of
from projections.store.merge import table_of
from projections.store.migrate import upgrade
from projections.store.postgresql import SCHEMA
from tests.postgres import Postgres

Made = list[tuple[fold.Batch, dict[fold.Partition, fold.Move]]]


def bare(made: Made, conninfo: str) -> None:
    """Only COPY, a transaction a batch; what a row comes a second time with is left out, since nothing merges here."""
    seen: set[tuple[object, ...]] = set()
    with psycopg.connect(conninfo, options=f"-c search_path={SCHEMA} -c synchronous_commit=off") as connection:
        for batch, _ in made:
            for kind, rows in batch.tables.items():
                table = table_of(kind)
                new = [row for key, row in rows.items() if (table.name, *key) not in seen]
                seen.update((table.name, *row[: SHAPES[kind].key]) for row in new)
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"COPY {table.name} FROM STDIN (FORMAT BINARY)") as copy,
                ):
                    copy.set_types([type_of(column) for column in table.columns])
                    for row in new:
                        copy.write_row(row)
            connection.commit()


def seconds(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    fold.BATCH = 10_000
    server = Postgres()
    try:
        server.start()
        names = [server.create() for _ in range(3)]
        for name in names:
            upgrade(server.url(name))
        log = fold.messages(events)
        made = fold.only_rows(log, server.url(names[0]))
        rows = sum(len(table) for batch, _ in made for table in batch.tables.values())
        with fold.nothing_but_rows():
            writing = seconds(lambda: fold.write(made, server.url(names[0])))
        copying = seconds(lambda: bare(made, server.conninfo(names[1])))
        whole = seconds(lambda: fold.write(fold.batches_of(log), server.url(names[2])))
    finally:
        server.remove()
    print(f"{events:,} events, {len(log):,} records, {rows:,} rows")
    print(f"writing    {rows / writing:10,.0f} rows a second")
    print(f"COPY       {rows / copying:10,.0f} rows a second")
    print(f"end to end {rows / whole:10,.0f} rows a second")
    print(f"ratios     writing / COPY {copying / writing:.2f}, end to end / COPY {copying / whole:.2f}")


if __name__ == "__main__":
    main()
