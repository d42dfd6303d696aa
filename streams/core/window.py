"""The window of proof: from which offsets on the proof of every uncommitted message lies.

Proof of a message is written after it was admitted, so the ends of those topics at any earlier moment will do. The
window's beginning, the mark, travels in the metadata of the offset commit.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.errors import RecordUnreadable

__all__ = ["Marks", "ProofWindow", "Snapshot", "backlog_from", "marks_from", "marks_text", "ordered_from"]

Marks = Mapping[str, int]  # topic -> offset


@dataclass(slots=True, eq=False)
class Snapshot:
    """The ends at one moment, and how many open messages were admitted between it and the next snapshot."""

    ends: dict[str, int]
    held: int = 0


class ProofWindow:
    """One partition number's.

    Args:
        mark: the mark that was found in the commit; holds until every topic of `recovering` has passed what its
            former owner may have handled.
        ends: where the topics of proof end now.
        recovering: the topics that messages come from.
    """

    def __init__(self, mark: Marks, ends: Marks, recovering: Iterable[str]) -> None:
        self._ends = dict(ends)
        self._recovering = set(recovering)
        self._snapshots = deque([Snapshot({topic: mark.get(topic, 0) for topic in ends})])
        self._snapshots[0].held = len(self._recovering)

    @property
    def recovering(self) -> bool:
        """Whether messages are still met that a former owner may have handled."""
        return bool(self._recovering)

    def recovered(self, topic: str) -> None:
        """All further messages of this topic have never been admitted by anyone."""
        if topic in self._recovering:
            self._recovering.remove(topic)
            self._snapshots[0].held -= 1
            if not self._recovering:
                self.advance()

    def written(self, topic: str, offset: int) -> None:
        """A record of proof was acknowledged."""
        if offset >= self._ends.get(topic, 0):
            self._ends[topic] = offset + 1

    def open(self) -> Snapshot:
        """A message is admitted; its proof will lie behind what this answers."""
        snapshot = self._snapshots[-1]
        snapshot.held += 1
        return snapshot

    @staticmethod
    def close(snapshot: Snapshot) -> None:
        """The message is done with."""
        snapshot.held -= 1

    def advance(self) -> None:
        """Take a new snapshot, now and then; messages admitted from now on are proven behind it."""
        if not self._recovering and self._snapshots[-1].ends != self._ends:
            self._snapshots.append(Snapshot(dict(self._ends)))
        while len(self._snapshots) > 1 and self._snapshots[0].held == 0:
            self._snapshots.popleft()

    @property
    def mark(self) -> Marks:
        """The mark to be committed together with the positions."""
        return self._snapshots[0].ends


def marks_text(marks: Marks, backlog: int | None = None, *, ordered: bool = False) -> str:
    """The form in which a mark is kept; `backlog` is where the first parked message lies that waits.

    `ordered`: messages whose order matters are unsettled.
    """
    kept: dict[str, object] = {"v": 1, "proof": dict(marks)}
    if backlog is not None:
        kept["backlog"] = backlog
    if ordered:
        kept["ordered"] = True
    return json.dumps(kept, separators=(",", ":"))


def marks_from(text: str | None) -> Marks:
    """Read it again; nothing kept is the beginning.

    Raises:
        RecordUnreadable: it is not of that form.
    """
    if not text:
        return {}
    try:
        return {str(topic): int(offset) for topic, offset in json.loads(text)["proof"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RecordUnreadable(f"the metadata of a commit is not a mark: {text[:200]!r}") from None


def backlog_from(text: str | None) -> int | None:
    """From where on parked messages wait, of a text that is a mark; None where none did."""
    found = json.loads(text).get("backlog") if text else None
    return found if isinstance(found, int) else None


def ordered_from(text: str | None) -> bool:
    """Whether messages whose order matters were unsettled, of a text that is a mark."""
    return bool(text and json.loads(text).get("ordered"))
