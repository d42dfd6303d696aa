"""Builds the store anew from the log, beside the live one, and puts it into that one's place when it has caught up.

Readers never see a gap; the projector goes on with the live store meanwhile and with the new one afterwards. A rebuild
that was killed is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projections.folds.fold import Fold
from projections.log import Log
from projections.refold import refold
from projections.store import indexes
from projections.store.errors import StoreDamaged, StoreForeign
from projections.store.migrate import upgrade
from projections.store.shadow import Shadow, swap
from projections.store.shadows import shadow_of
from projections.store.write import Partition, Writer
from schemas.settings import Settings
from schemas.topics import NINETY_DAYS_MS, Topics

__all__ = ["Rebuilt", "Told", "rebuild"]

Bounds = Mapping[Partition, tuple[int, int]]

NEAR = 5_000  # records behind the log's end: near enough to hold writers off for the rest


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many records were folded, and how many an earlier run had folded already."""

    folded: int
    found: int


class Told:
    """What a caller may want to show: how many records there are, how many more are folded, and what comes then."""

    def total(self, records: int, done: int) -> None:
        """So many records there are, so many of them are folded already."""

    def advance(self, records: int) -> None:
        """So many more are folded."""

    def indexing(self) -> None:
        """All that were there are folded; the indexes are made."""


def rebuild(settings: Settings, now: int, told: Told | None = None, *, fresh: bool = False) -> Rebuilt:
    """Build the store of these settings anew; `now` in ms, `fresh`: do not go on with what an earlier run has begun.

    Raises:
        RebuildRunning: another one is under way.
        KafkaUnavailable, StoreUnavailable: it can be gone on with later.
    """
    shadow = shadow_of(settings.store_url)
    with shadow.building():
        if fresh:
            shadow.discard()
        return Rebuilding(settings, shadow, now, told or Told()).run()


class Rebuilding:
    """One run."""

    def __init__(self, settings: Settings, shadow: Shadow, now: int, told: Told) -> None:
        self._shadow, self._told = shadow, told
        self._prefix = settings.topic_prefix
        self._log = Log(settings, Fold(Topics(settings), "").topics)
        self._cluster = self._log.cluster()
        self._fold = Fold(Topics(settings), self._cluster, now - NINETY_DAYS_MS)
        self._positions: dict[Partition, int] = {}
        self._folded = 0

    def run(self) -> Rebuilt:
        """Fold, catch up, swap."""
        try:
            bounds = self._log.bounds()
            found = self._begin(bounds)
            self._told.total(left(bounds, {}), found)
            self._fold_to(ends_of(bounds))
            self._told.indexing()
            indexes.complete(self._shadow.store)
            while left(bounds := self._log.bounds(), self._positions) > NEAR:
                self._fold_to(ends_of(bounds))
            swap(self._shadow, self._catch_up)
        finally:
            self._log.close()
        return Rebuilt(self._folded, found)

    def _begin(self, bounds: Bounds) -> int:
        """Make the shadow, or go on with the one that is there; how many records it has."""
        try:
            known = self._opened(list(bounds))
        except (StoreDamaged, StoreForeign):
            known = None
        if known is None or any(known[place] > high for place, (_, high) in bounds.items()):
            self._shadow.discard()
            known = self._opened(list(bounds))
        self._positions = known
        return sum(max(0, known[place] - low) for place, (low, _) in bounds.items())

    def _opened(self, partitions: list[Partition]) -> dict[Partition, int]:
        writer = Writer(upgrade(self._shadow.store))
        indexes.defer(self._shadow.store)
        try:
            writer.claim(self._cluster, self._prefix)
            return writer.positions(partitions)
        finally:
            writer.close()

    def _fold_to(self, ends: Mapping[Partition, int]) -> None:
        refold(self._log, self._fold, self._shadow.store, ends, self._advance)
        self._positions = {**self._positions, **ends}

    def _catch_up(self, live: Mapping[Partition, int]) -> None:
        """What the live store has folded meanwhile, as far as it is of this log."""
        highs = ends_of(self._log.bounds())
        ahead = {place: min(at, highs[place]) for place, at in live.items() if place in highs}
        self._fold_to({place: max(at, self._positions.get(place, 0)) for place, at in ahead.items()})

    def _advance(self, records: int) -> None:
        self._folded += records
        self._told.advance(records)


def ends_of(bounds: Bounds) -> dict[Partition, int]:
    """The offset after each partition's last record."""
    return {place: high for place, (_, high) in bounds.items()}


def left(bounds: Bounds, positions: Mapping[Partition, int]) -> int:
    """How many records are not folded yet."""
    return sum(high - max(low, positions.get(place, 0)) for place, (low, high) in bounds.items())
