"""Backlogs: which messages of `parked` still wait, folded from the messages and from how far drains have come."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from schemas.codec import decode_as
from schemas.records import Delivery, DrainProgress, Parked
from streams.core.proof import Proofs, step_key
from streams.core.succession import Away, succession_of

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
    ordered: list[Away] = field(default_factory=list)  # those among them whose order matters


class Backlogs:
    """Those of one partition; fed in the order of the offsets."""

    def __init__(self) -> None:
        self._sites: dict[str, Backlog] = {}
        self._steps: dict[str, array[int]] = {}  # hashes: there can be millions
        self._ordered: dict[str, list[tuple[Away, int]]] = {}  # by site; and when it was due, ms

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
                self._order(record, offset)
            case DrainProgress():
                self._progress(record)
            case _:
                pass

    def _order(self, record: Parked, offset: int) -> None:
        delivery = decode_as(Delivery, record.delivery)
        if (name := succession_of(delivery)) is not None:
            away = Away(name, delivery.origin_offset, step_key(delivery), offset)
            self._ordered.setdefault(record.site_id, []).append((away, delivery.due))

    def _progress(self, record: DrainProgress) -> None:
        found = self._sites.get(record.site_id)
        if found is None:
            return
        found.first = max(found.first, record.up_to_offset)
        if found.first > found.last:
            del self._sites[record.site_id], self._steps[record.site_id]
            self._ordered.pop(record.site_id, None)

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
            found.ordered = [
                away
                for away, due in self._ordered.get(site_id, ())
                if (away.parked or 0) >= found.first
                and away.step not in found.done
                and due >= found.postponed.get(away.step, 0)
            ]
        return list(self._sites.values())
