"""Makes a large store by the real fold: for benches of lists, charts and search.

Run: `python -m bench.a_million URL [attempts] [hours] [--only-attempts]`, such as `python -m bench.a_million
sqlite:////tmp/million.db`. The account is `shop`; there are 50,000 customers, 20 sites, and for each attempt its
delivery, event and request, evenly spread over so many hours (24). What was begun is gone on with. Indexes that only
queries need are made at the end, as `projections rebuild` does.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

from bench.fold import BATCH, PARTITIONS, TOPICS, batches_of, records
from projections.folds.fold import Fold
from projections.folds.places import Message
from projections.queries.store import Store
from projections.store import indexes
from projections.store.migrate import upgrade
from projections.store.write import Partition, Writer

ATTEMPTS_OF_TEN = 11  # one event in ten is sent twice
EVERY = 50  # batches between two lines


def messages(log: Iterable[tuple[str, int, bytes]], at: dict[Partition, int]) -> Iterator[Message]:
    """The records that the store does not have yet."""
    ends: dict[Partition, int] = defaultdict(int)
    for number, (topic, moment, value) in enumerate(log):
        place = topic, number % PARTITIONS
        offset = ends[place]
        ends[place] = offset + 1
        if offset >= at[place]:
            yield Message(*place, offset, moment, b"key", value, [])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("attempts", type=int, nargs="?", default=1_000_000)
    options.add_argument("hours", type=float, nargs="?", default=24)
    options.add_argument("--only-attempts", action="store_true", help="a quarter of the work: for the webhook log")
    asked = options.parse_args()
    store = upgrade(asked.url)
    indexes.defer(store)
    writer = Writer(store)
    at = writer.positions([(topic, number) for topic in Fold(TOPICS, "").topics for number in range(PARTITIONS)])
    events = asked.attempts * 10 // ATTEMPTS_OF_TEN
    log = messages(records(events, asked.hours * 3_600_000 / events, attempts_only=asked.only_attempts), at)
    started = time.monotonic()
    for count, (batch, moves) in enumerate(batches_of(log, at), 1):
        writer.write(batch, moves)
        if count % EVERY == 0:
            rate = count * BATCH / (time.monotonic() - started)
            print(f"{count * BATCH:,} records, {rate:,.0f} a second", flush=True)
    writer.close()
    indexes.complete(store)
    with Store(asked.url).read() as connection:
        found = connection.exec_driver_sql("SELECT COUNT(*) FROM attempts").scalar()
    print(f"{found:,} attempts in {asked.url}")


if __name__ == "__main__":
    main()
