"""Folds what a gateway of the tests has written into its store, as the projector does."""

from __future__ import annotations

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.store.migrate import upgrade
from projections.store.write import Move, Writer
from tests.gateway.house import House

__all__ = ["fold"]

NOW = 1_795_000_000_000  # ms


def fold(house: House, *others: Message) -> None:
    """Fold every record of the log, and other messages, from the beginning; twice does no harm."""
    url = house.settings.store_url
    upgrade(url)
    folds = Fold(house.topics, "cluster-1")
    batch, ends = Batch(), dict[tuple[str, int], int]()
    written = [
        Message(topic, place.partition, place.offset, NOW + place.offset, message.key, message.value, [])
        for topic in folds.topics
        for place, message in house.log.topics[topic]
    ]
    for message in (*written, *others):
        batch.add(folds.rows(message))
        ends[message.topic, message.partition] = message.offset + 1
    writer = Writer(url)
    try:
        at = writer.positions(ends)
        writer.write(batch, {place: Move(at[place], end, end, NOW) for place, end in ends.items()})
    finally:
        writer.close()
