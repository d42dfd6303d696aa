"""Folds messages into a store as the projector does, without a broker."""

from __future__ import annotations

from collections.abc import Iterable

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.store.digest import digests
from projections.store.opening import backend_of
from projections.store.write import Move, Partition, Writer
from tests.projections.records import TOPICS

__all__ = ["FOLD", "digests_of", "fold_into", "moves_of"]

FOLD = Fold(TOPICS, "cluster-1")


def moves_of(writer: Writer, messages: Iterable[Message]) -> dict[Partition, Move]:
    last = {(message.topic, message.partition): message for message in messages}
    at = writer.positions(last)
    return {
        place: Move(at[place], max(m.offset + 1, at[place]), m.offset + 1, m.timestamp) for place, m in last.items()
    }


def fold_into(url: str, *batches: Iterable[Message]) -> None:
    """Each batch is one transaction."""
    writer = Writer(url)
    try:
        for messages in batches:
            batch = Batch()
            listed = list(messages)
            for message in listed:
                batch.add(FOLD.rows(message))
            writer.write(batch, moves_of(writer, listed))
    finally:
        writer.close()


def digests_of(url: str) -> dict[str, str]:
    engine = backend_of(url).reader(1)
    try:
        with engine.connect() as connection:
            return digests(connection)
    finally:
        engine.dispose()
