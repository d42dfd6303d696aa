"""Records as the store keeps them: zstd frames, each kind of record with dictionaries trained from the store's own.

A frame names its dictionary, so one that is found better later leaves older records as they are.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any

import zstandard
from sqlalchemy import Connection, insert, select

from projections.folds.rows import RecordRow, Row
from projections.places import Kind, kind_of
from projections.tables import dictionaries

__all__ = ["Packer"]

LEVEL = 3
DICTIONARY = 32 * 1024  # bytes
SAMPLES, LONGEST_SAMPLE = 1000, 8 * 1024  # records, and bytes of one
# After so many records of a kind a dictionary is looked for: soon, once there is more variety, and now and then.
FIRST, SECOND, EVERY = 1000, 20_000, 500_000
BETTER = 0.9  # of the bytes that the one in use needs; else it stays
IDS = (2**15, 2**31)  # those that zstd leaves to everybody


class Packer:
    """Packs the records of one writer."""

    def __init__(self) -> None:
        self._kinds: dict[Kind, KindPacker] = {}

    def pack(self, connection: Connection, rows: Collection[Row]) -> list[Row]:
        """Rows, of which the records have their values packed; a dictionary that they need is stored with them."""
        packed: list[Row] = []
        for row in rows:
            if not isinstance(row, RecordRow):
                return list(rows)  # all are of one kind
            kind = kind_of(row.place)
            packer = self._kinds.get(kind)
            if packer is None:
                packer = self._kinds[kind] = KindPacker(kind, latest(connection, kind))
            packed.append(RecordRow(row.place, row.recorded_at, packer.pack(row.value)))
        for packer in self._kinds.values():
            packer.store(connection)
        return packed

    def committed(self) -> None:
        """What was packed last is in the store."""
        for packer in self._kinds.values():
            packer.unsaved.clear()


class KindPacker:
    """Packs the records of one kind, with the best dictionary that it knows."""

    def __init__(self, kind: Kind, content: bytes | None) -> None:
        self._kind = kind
        self._compressor = compressor(content)
        self._seen, self._due = 0, FIRST if content is None else SECOND
        self._samples: deque[bytes] = deque(maxlen=SAMPLES)
        self.unsaved: dict[int, bytes] = {}  # dictionaries that no committed transaction has stored

    def pack(self, value: bytes) -> bytes:
        self._seen += 1
        if self._seen % (self._due // SAMPLES) == 0:
            self._samples.append(value[:LONGEST_SAMPLE])
        if self._seen >= self._due:
            self._train()
            self._due = self._seen + (SECOND if self._seen < SECOND else EVERY)
        return bytes(self._compressor.compress(value))

    def _train(self) -> None:
        samples: list[Any] = list(self._samples)
        number = number_of(samples)
        try:
            found = zstandard.train_dictionary(DICTIONARY, samples, dict_id=number, level=LEVEL)
        except zstandard.ZstdError:
            return  # records that have nothing in common
        better = compressor(content := found.as_bytes())
        if size(better, samples) < BETTER * size(self._compressor, samples):
            self._compressor = better
            self.unsaved[number] = content

    def store(self, connection: Connection) -> None:
        for number, content in self.unsaved.items():
            if connection.execute(select(dictionaries.c.id).where(dictionaries.c.id == number)).first() is None:
                row = {"id": number, "kind": self._kind.value, "content": content}
                connection.execute(insert(dictionaries).values(**row, position=position(connection)))


def latest(connection: Connection, kind: Kind) -> bytes | None:
    query = select(dictionaries.c.content).where(dictionaries.c.kind == kind.value)
    content: bytes | None = connection.execute(query.order_by(dictionaries.c.position.desc()).limit(1)).scalar()
    return content


def position(connection: Connection) -> int:
    last = select(dictionaries.c.position).order_by(dictionaries.c.position.desc()).limit(1)
    return (connection.execute(last).scalar() or 0) + 1


def compressor(content: bytes | None) -> Any:
    if content is None:
        return zstandard.ZstdCompressor(level=LEVEL)
    data = zstandard.ZstdCompressionDict(content)
    data.precompute_compress(level=LEVEL)
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=data)


def size(by: Any, samples: Iterable[bytes]) -> int:
    return sum(len(by.compress(sample)) for sample in samples)


def number_of(samples: Iterable[bytes]) -> int:
    """From what it is trained of, so that two that are the same have one number."""
    found = hashlib.sha256()
    for sample in samples:
        found.update(sample)
    low, high = IDS
    return low + int.from_bytes(found.digest()[:8]) % (high - low)
