"""Jobs and their progress, breaker transitions, dismissals. The topic `operations`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Operation", "OperationKind"]


class OperationKind(StrEnum):
    """What an operation is about."""

    JOB = "job"
    BREAKER = "breaker"
    DISMISSAL = "dismissal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One transition of one operation; `body` is the text of a JSON object of its kind."""

    id: str
    kind: OperationKind
    account: str
    at: int  # ms
    author: str
    body: str
