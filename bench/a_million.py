"""Makes a large store by the real fold: for benches of lists, charts and search.

Run: `python -m bench.a_million URL [attempts] [hours]`, such as `python -m bench.a_million sqlite:////tmp/million.db`.
The account is `shop`; there are 50,000 customers, 20 sites, and for each attempt its delivery, event and request,
evenly spread over so many hours (24). What is there already is gone on with: an hours' multiple makes a million ten.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator

from bench.fold import BATCH, PARTITIONS, TOPICS, batches_of, records
from projections.folds.fold import Fold
from projections.folds.places import Message
from projections.queries.store import Store
from projections.store.migrate import upgrade
from projections.store.write import Partition, Writer

ATTEMPTS_OF_TEN = 11  # one event in ten is sent twice
EVERY = 50  # batches between two lines


def messages(events: int, every: float, at: dict[Partition, int]) -> Iterator[Message]:
    """The records of so many events that the store does not have yet."""
    ends: dict[Partition, int] = defaultdict(int)
    for number, (topic, moment, value) in enumerate(records(events, every)):
        place = topic, number % PARTITIONS
        offset = ends[place]
        ends[place] = offset + 1
        if offset >= at[place]:
            yield Message(*place, offset, moment, b"key", value, [])


def main() -> None:
    url, attempts = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    writer = Writer(upgrade(url))
    at = writer.positions([(topic, number) for topic in Fold(TOPICS, "").topics for number in range(PARTITIONS)])
    events = attempts * 10 // ATTEMPTS_OF_TEN
    every = float(sys.argv[3] if len(sys.argv) > 3 else 24) * 3_600_000 / events
    started = time.monotonic()
    for count, (batch, moves) in enumerate(batches_of(messages(events, every, at), at), 1):
        writer.write(batch, moves)
        if count % EVERY == 0:
            rate = count * BATCH / (time.monotonic() - started)
            print(f"{count * BATCH:,} records, {rate:,.0f} a second", flush=True)
    writer.close()
    with Store(url).read() as connection:
        count = connection.exec_driver_sql("SELECT COUNT(*) FROM attempts").scalar()
    print(f"{count:,} attempts in {url}")


if __name__ == "__main__":
    main()
