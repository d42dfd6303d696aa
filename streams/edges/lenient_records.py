"""Lets aiokafka 0.14 read a record whose header has a name that is not UTF-8; any producer may write one.

As it is, such a record raises UnicodeDecodeError before anybody sees it, and again at every restart. Here its batch is
read once more by aiokafka's reader in Python, with what is not UTF-8 spelt as an escape. All else stays as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

__all__ = ["LenientRecords", "install"]

HEADERS_SINCE = 2  # the message format that brought them
MAGIC_AT = 16  # bytes from the start of a batch


def install() -> None:
    """From now on, every consumer of aiokafka in this process reads so."""
    fetcher.MemoryRecords = LenientRecords


class LenientRecords:
    """The batches of one fetched partition, as aiokafka's MemoryRecords gives them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._batches: Any = MemoryRecords(data)
        self._taken = 0

    def size_in_bytes(self) -> int:
        return int(self._batches.size_in_bytes())

    def has_next(self) -> bool:
        return bool(self._batches.has_next())

    def next_batch(self) -> LenientBatch:
        self._taken += 1
        return LenientBatch(self._batches.next_batch(), self._data, self._taken)


class LenientBatch:
    """One batch; `number` counts from 1 in `data`."""

    def __init__(self, batch: Any, data: bytes, number: int) -> None:
        self._batch = batch
        self._data = data
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        given = 0
        try:
            for record in self._batch:
                yield record
                given += 1
        except UnicodeDecodeError:
            yield from islice(spelt_out(self._data, self._number), given, None)


def spelt_out(data: bytes, number: int) -> Iterator[Any]:
    """The records of one batch, read in Python."""
    batches = _MemoryRecordsPy(data)
    for _ in range(number - 1):
        batches._cache_next()  # noqa: SLF001 - the next slice
    found = batches._next_slice  # noqa: SLF001
    if found is None or found[MAGIC_AT] < HEADERS_SINCE:
        raise ValueError("a batch of a format without headers has none that is not UTF-8")
    batch = _DefaultRecordBatchPy(found)
    batch._maybe_uncompress()  # noqa: SLF001
    batch._buffer = Spelling(batch._buffer)  # noqa: SLF001
    return iter(batch)


class Spelling(bytearray):
    """Bytes whose parts can all be decoded."""

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return Spelling(found) if isinstance(key, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - never strict
        return super().decode(encoding, "backslashreplace")
