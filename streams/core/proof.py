"""Proof of steps: which steps were handled before, so that a kill, or a message that came twice, repeats none.

Proof is a row in `attempts` with an outcome, or a record (retry, dead letter) that was written for the step. A message
that was put aside unsent is proof only for the records that it came from: it goes on as the same step.
"""

from __future__ import annotations

from typing import Any

from schemas.codec import decode_as
from schemas.identity import attempt_id
from schemas.records import Attempt, AttemptStatus, DeadLetter, Delivery, Parked, QueueReason

__all__ = ["Proofs", "Steps", "aside_key", "step_key"]


def step_key(record: Attempt | Delivery | DeadLetter | Parked) -> str:
    """The name of the step that a record is about."""
    return attempt_id(record.delivery_id, record.chain, record.step)


def aside_key(delivery: Delivery, step: str | None = None) -> str:
    """The name of a record that was put aside: of its `step`, the one that was due then."""
    return f"{step or step_key(delivery)}@{delivery.due}"


class Proofs:
    """What the topics of one partition prove, folded record by record in any order of the topics."""

    def __init__(self) -> None:
        self.handled: set[str] = set()
        self.aside: set[str] = set()  # records that were parked
        self.postponed: dict[str, int] = {}  # step -> its records that were due before this were put off until then
        self._rows: set[str] = set()
        self._carried: dict[str, tuple[bytes | None, bytes]] = {}

    @property
    def missing_rows(self) -> list[tuple[bytes | None, bytes]]:
        """Key and encoded attempt, of those whose follower or dead letter is there while they themselves are not."""
        return list(self._carried.values())

    def fold(self, record: Any, key: bytes | None) -> None:
        """Take one record, with its key, of `attempts`, `retries.*`, `dead-letters` or `parked`."""
        match record:
            case Attempt(status=AttemptStatus.QUEUED):
                pass
            case Attempt():
                self._rows.add(step := step_key(record))
                self.handled.add(step)
                self._carried.pop(step, None)
            case Delivery(reason=QueueReason.POSTPONED):
                step = step_key(record)
                self.postponed[step] = max(record.due, self.postponed.get(step, 0))
            case Delivery(parent_attempt=bytes(row)):
                self._carry(attempt_id(record.delivery_id, record.chain, record.step - 1), key, row)
            case DeadLetter():
                self._carry(step_key(record), key, record.attempt)
            case Parked():
                self.aside.add(aside_key(decode_as(Delivery, record.delivery)))
            case _:
                pass

    def covers(self, delivery: Delivery, *, aside: bool) -> bool:
        """Whether a message needs nothing more; `aside`: nor one whose record was put aside."""
        step = step_key(delivery)
        if step in self.handled:
            return True
        return aside and (delivery.due < self.postponed.get(step, 0) or aside_key(delivery) in self.aside)

    def _carry(self, step: str, key: bytes | None, row: bytes) -> None:
        self.handled.add(step)
        if step not in self._rows:
            self._carried[step] = (key, row)


class Steps:
    """The steps handled lately, at least the last `keep` of them: a copy that comes soon after is not sent again."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._young: set[str] = set()
        self._old: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._young or key in self._old

    def add(self, key: str) -> None:
        """Remember one."""
        self._young.add(key)
        if len(self._young) >= self._keep:
            self._old, self._young = self._young, set()
