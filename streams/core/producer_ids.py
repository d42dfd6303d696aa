"""Ids that producers give their events: what each stands for, so that one id never names two events.

Bounded in time and in number: beyond that the oldest are forgotten.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from typing import NamedTuple

from schemas.events import content_hash
from schemas.records import CustomerEvent, SourceType

__all__ = ["IdVerdict", "KnownId", "ProducerIds", "is_own", "known_id"]

OURS = re.compile(r"evt_[0-9a-f]{32}", re.ASCII)  # derived by us: nobody else gives such


class IdVerdict(Enum):
    """What an event is to the id that it bears."""

    NEW = "new"
    COPY = "copy"
    CONFLICT = "conflict"


class KnownId(NamedTuple):
    """What an id stands for: the hash of the event's content, its time, and the record that it came in."""

    content: bytes
    timestamp: int  # ms, of the event
    timed: bool  # whether its producer gave that
    written_at: int  # ms, of the record
    partition: int
    offset: int

    def same(self, other: KnownId) -> bool:
        """Whether both say the same; their times count where both were given."""
        if self.timed and other.timed and self.timestamp != other.timestamp:
            return False
        return self.content == other.content


def is_own(event: CustomerEvent) -> bool:
    """Whether its producer gave the id."""
    return not OURS.fullmatch(event.id)


def known_id(event: CustomerEvent, *, written_at: int, partition: int, offset: int) -> KnownId:
    """What is remembered of an event; the time of one that came by HTTP was looked at there."""
    timed = event.source is SourceType.TOPIC and event.timestamp != written_at
    return KnownId(content_hash(event), event.timestamp, timed, written_at, partition, offset)


class ProducerIds:
    """Those of the last `window` milliseconds: of more than `most`, between half of that and `most`."""

    def __init__(self, window: int, most: int) -> None:
        self._window, self._half = window, max(1, most // 2)
        self._young: dict[bytes, KnownId] = {}
        self._old: dict[bytes, KnownId] = {}

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def judge(self, account: str, event_id: str, known: KnownId) -> IdVerdict:
        """Whether the event is new, and remembered from now on; the same record once more is new again."""
        key = key_of(account, event_id)
        first = self._find(key, known.written_at)
        if first is None:
            self._put(key, known)
            return IdVerdict.NEW
        if (first.partition, first.offset) == (known.partition, known.offset):
            return IdVerdict.NEW
        return IdVerdict.COPY if first.same(known) else IdVerdict.CONFLICT

    def read(self, account: str, event_id: str, known: KnownId) -> None:
        """An event of the log: of two with one id, the one that was written first is the event."""
        key = key_of(account, event_id)
        first = self._find(key, known.written_at)
        if first is None or known[3:] < first[3:]:
            self._put(key, known)

    def _find(self, key: bytes, now: int) -> KnownId | None:
        found = self._young.get(key) or self._old.get(key)
        return found if found is not None and found.written_at > now - self._window else None

    def _put(self, key: bytes, known: KnownId) -> None:
        self._young[key] = known
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}


def key_of(account: str, event_id: str) -> bytes:
    """16 bytes, however long the id."""
    return hashlib.blake2b(f"{account}/{event_id}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
