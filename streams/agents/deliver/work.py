"""A message under way, from its admission until it is done with; and the records that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from schemas.records import Command, CommandKind, Delivery, Rejected
from streams.core.inlet import Inlet
from streams.core.lanes import LaneName
from streams.core.succession import Successions
from streams.core.window import Snapshot

__all__ = ["Arrived", "Item", "Order", "Source", "Work"]


class Arrived(NamedTuple):
    """A message that was read, perhaps with a command that it came with; `written_at` in milliseconds."""

    delivery: Delivery
    lane: LaneName
    written_at: int = 0
    command: Command | None = None
    parked_at: int | None = None  # ms, of a message that was parked
    cause: str = ""  # why it was

    @property
    def is_sent(self) -> bool:
        """Whether it goes into its lane."""
        return self.command is None or self.command.kind is not CommandKind.CANCEL


Item = Arrived | Rejected  # a record that was read, or that could not be


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A record of an inlet. The same step can come twice: then a work has two."""

    inlet: Inlet[Item]
    offset: int
    snapshot: Snapshot


class Order(NamedTuple):
    """The succession that a message belongs to, among those of its partition as it was assigned."""

    among: Successions[Work]
    name: str


@dataclass(slots=True, eq=False)
class Work:
    """One step of a delivery."""

    delivery: Delivery
    key: str  # of the step
    lane: LaneName
    partition: int
    sources: list[Source]
    size: int = 0  # bytes
    parked_at: int | None = None  # ms, of a message that was parked
    cause: str = ""  # why it was
    postponed_since: int | None = None  # ms
    position: int = 0  # offset of the delivery in `deliveries`
    order: Order | None = None  # where its order matters

    @property
    def live(self) -> bool:
        """Whether a partition that it came from is still ours; otherwise another courier does it too."""
        return any(source.inlet.live for source in self.sources)
