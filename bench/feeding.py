"""Rows for a store that is being looked at: by the real fold and the projector's writer, at a rate."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.fold import PARTITIONS, TOPICS, records_of
from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.store.write import Move, Partition, Writer
from schemas.codec import encode
from schemas.json_text import dump
from tests.projections.records import NOW, an_attempt

__all__ = ["RATE", "Feed", "big_bodies"]

RATE = 200  # rows a second
TICK = 0.05  # seconds between two batches
FIRST = 100_000_000  # number of an event: no other bench has come so far
MIB = 1024 * 1024


class Feeder:
    """Goes on where the store is."""

    def __init__(self, url: str) -> None:
        self._writer, self._fold = Writer(url), Fold(TOPICS, "bench")
        places = [(topic, number) for topic in self._fold.topics for number in range(PARTITIONS)]
        self._at = self._writer.positions(places)

    def write(self, records: Iterable[tuple[str, int, bytes]]) -> None:
        """One transaction."""
        batch, begun = Batch(), dict(self._at)
        touched: dict[Partition, int] = {}
        for topic, at, value in records:
            place = min(((topic, number) for number in range(PARTITIONS)), key=self._at.__getitem__)
            offset = self._at[place]
            self._at[place], touched[place] = offset + 1, at
            batch.add(self._fold.rows(Message(*place, offset, at, b"key", value, [])))
        moves = {place: Move(begun[place], self._at[place], self._at[place], at) for place, at in touched.items()}
        self._writer.write(batch, moves)

    def close(self) -> None:
        self._writer.close()


def big_bodies(url: str) -> None:
    """Two attempts whose bodies have 1 MiB: of many small entries, and of one text."""
    entry = {"sku": "a-1042", "count": 3, "price": 12.5, "tags": ["till", "birthday"], "note": "points for the till"}
    many = dump({"items": [entry] * (MIB // (len(dump(entry)) + 1))}).encode()
    of = {"account": "shop", "created_at": NOW + 1000}
    feeder = Feeder(url)
    for name, body in (("json", many), ("text", b"plain " * (MIB // 6))):
        attempt = an_attempt(delivery_id=f"dlv_big_{name}", customer=f"c-{name}", request_body=body, **of)
        feeder.write([(TOPICS.attempts, NOW, encode(attempt))])
    feeder.close()


def attempts(number: int) -> Iterator[tuple[str, int, bytes]]:
    """The records of the events from `number` on, each as of now, without end."""
    while True:
        yield from records_of(number, time.time_ns() // 1_000_000)
        number += 1


def some(records: Iterator[tuple[str, int, bytes]], rows: int) -> Iterator[tuple[str, int, bytes]]:
    """Records until so many of them are attempts."""
    while rows > 0:
        record = next(records)
        rows -= record[0] == TOPICS.attempts
        yield record


def feed(url: str, seconds: float, told: multiprocessing.Queue[int]) -> None:
    """Write at the rate for so long, then say how many rows that were."""
    feeder, records, fed = Feeder(url), attempts(FIRST), 0
    began = time.monotonic()
    while fed < seconds * RATE:
        rows = round(RATE * TICK)
        feeder.write(some(records, rows))
        fed += rows
        time.sleep(max(0.0, began + fed / RATE - time.monotonic()))
    feeder.close()
    told.put(fed)


@dataclass(frozen=True, slots=True)
class Feed:
    """A store, and how many seconds it is fed for."""

    url: str
    seconds: float

    def start(self) -> multiprocessing.Queue[int]:
        """Begin; the queue gives the number of rows at the end."""
        context = multiprocessing.get_context("spawn")
        told: multiprocessing.Queue[int] = context.Queue()
        context.Process(target=feed, args=(self.url, self.seconds, told), daemon=True).start()
        return told
