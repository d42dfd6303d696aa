"""What was accepted last, until the store has it: bounded, and forgotten in the order of remembering."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Generic, Protocol, TypeVar

__all__ = ["Folded", "Latest", "Placed", "has"]

MOST = 100_000  # in memory, when the store is that far behind

Folded = Mapping[Any, int]
"""By partition, or by topic and partition: the next offset that the store will have."""


class Placed(Protocol):
    """What is remembered: with its place in the log, a partition and an offset; or None where the store has it."""

    @property
    def place(self) -> tuple[Hashable, int] | None: ...


K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Placed)


class Latest(Generic[K, T]):
    """By key, in the order of remembering."""

    def __init__(self) -> None:
        self.known: dict[K, T] = {}

    def get(self, key: K) -> T | None:
        """What is remembered of it."""
        return self.known.get(key)

    def remember(self, key: K, accepted: T) -> None:
        """Know one that was accepted; where there are too many, the oldest is forgotten."""
        self.known.pop(key, None)
        self.known[key] = accepted
        while len(self.known) > MOST:
            del self.known[next(iter(self.known))]

    def forget(self, folded: Folded) -> dict[K, T]:
        """Forget the oldest ones as far as the store has them; answers which."""
        forgotten = dict[K, T]()
        while self.known:
            key, oldest = next(iter(self.known.items()))
            if not has(folded, oldest):
                break
            forgotten[key] = self.known.pop(key)
        return forgotten


def has(folded: Folded, one: Placed) -> bool:
    """Whether the store has it."""
    return one.place is not None and folded.get(one.place[0], 0) > one.place[1]
