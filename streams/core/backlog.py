"""Backlogs: which messages of `parked` still wait, folded from the messages and from how far drains have come."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from schemas.records import DrainProgress, Parked
from streams.core.proof import Proofs, step_key

__all__ = ["Backlog", "Backlogs"]


@dataclass(slots=True)
class Backlog:
    """What one site has parked in one partition: from the offset `first` up to and with `last`."""

    account: str
    site_id: str
    first: int
    last: int
    since: int  # ms, when the first of them was parked
    done: frozenset[str] = frozenset()  # steps among them that ended, though no progress says so
    postponed: dict[str, int] = field(default_factory=dict)  # steps among them that wait elsewhere, and until when


class Backlogs:
    """Those of one partition; fed in the order of the offsets."""

    def __init__(self) -> None:
        self._sites: dict[str, Backlog] = {}
        self._steps: dict[str, array[int]] = {}  # hashes: there can be millions

    def fold(self, record: Any, offset: int) -> None:
        """Take one record of `parked`."""
        match record:
            case Parked():
                found = self._sites.get(record.site_id)
                if found is None:
                    found = Backlog(record.account, record.site_id, offset, offset, record.parked_at)
                    self._sites[record.site_id], self._steps[record.site_id] = found, array("q")
                found.last = offset
                self._steps[record.site_id].append(hash(step_key(record)))
            case DrainProgress():
                self._progress(record)
            case _:
                pass

    def _progress(self, record: DrainProgress) -> None:
        found = self._sites.get(record.site_id)
        if found is None:
            return
        found.first = max(found.first, record.up_to_offset)
        if found.first > found.last:
            del self._sites[record.site_id], self._steps[record.site_id]

    def remaining(self, proofs: Proofs) -> list[Backlog]:
        """What still waits; a kill may have come between the end of a message and the progress that covers it."""
        handled = {hash(step): step for step in proofs.handled}
        postponed = {hash(step): step for step in proofs.postponed}
        for site_id, found in self._sites.items():
            steps = self._steps[site_id]
            found.done = frozenset(handled[each] for each in steps if each in handled)
            found.postponed = {
                step: proofs.postponed[step] for each in steps if (step := postponed.get(each)) is not None
            }
        return list(self._sites.values())
