"""The agent *deliver*: consumes `deliveries` and `retries.*`, makes requests, writes what came of them.

Everything here runs in the courier's loop. `pump` is called after each round of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from confluent_kafka import Message

from streams.agents.deliver.admission import Admission
from streams.agents.deliver.draining import Draining
from streams.agents.deliver.intake import Intake
from streams.agents.deliver.ordering import Ordering
from streams.agents.deliver.sending import Sending
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.shares import OwnShare, Shares
from streams.agents.deliver.work import Work
from streams.edges.assignment import Share
from streams.edges.clock import steady
from streams.edges.courier_consumer import Handover, Position
from streams.edges.loop import Loop

__all__ = ["Deliver", "Group"]

COMMIT_EVERY = 0.25  # seconds
HANDOVER = 2.0  # seconds that requests in flight get when their partition is given away


class Group(Protocol):
    """The member of the consumer group."""

    def commit(self, positions: Sequence[Position]) -> None: ...
    def taken(self) -> None: ...


class Deliver:
    """Joins intake, sending and settling; answers for what is committed."""

    def __init__(
        self,
        *,
        loop: Loop,
        group: Group,
        shares: Shares,
        admission: Admission,
        intake: Intake,
        sending: Sending,
        settling: Settling,
        draining: Draining,
        ordering: Ordering,
    ) -> None:
        self._draining, self._ordering = draining, ordering
        self._loop, self._group, self._shares, self._admission = loop, group, shares, admission
        self._intake, self._sending, self._settling = intake, sending, settling
        self._handover: tuple[Handover, list[OwnShare]] | None = None
        self._stopped = False
        self._commit_later()

    def pump(self) -> None:
        """Go on with whatever can go on."""
        self._intake.pump()
        self._sending.pump()
        if self._handover is not None and not self._settling.of(self._handover[0].numbers):
            self._hand_over()

    def batch(self, messages: Sequence[Message]) -> None:
        """Records were read."""
        self._intake.read(messages)
        self._group.taken()

    def rewound(self, topic: str, partition: int) -> None:
        """A partition was paused and rewound."""
        self._intake.rewound(topic, partition)

    def assigned(self, shares: Sequence[Share]) -> None:
        """Partitions have become ours: first what a former owner had no time to write, then their messages."""
        self._hand_over()  # the group may be faster than our patience; what follows is about other shares
        for share in () if self._stopped else shares:
            own = self._shares.take(share)
            self._settling.recover(share.number, share.proofs.missing_rows, own.recovered)
            self._draining.assigned(share.number, share.backlogs)

    def revoked(self, handover: Handover) -> None:
        """Partitions are asked back: begin nothing more, wait a little for what is in flight."""
        self._hand_over()
        own = self._shares.of(handover.numbers)
        self._close(handover.numbers)
        self._drop(lambda work: work.partition in handover.numbers)
        self._handover = pending = (handover, own)
        self._loop.after(HANDOVER, lambda: self._hand_over() if self._handover is pending else None)

    def _hand_over(self) -> None:
        pending, self._handover = self._handover, None
        if pending is None:
            return
        handover, own = pending
        self._shares.forget_committed(handover.numbers)
        handover.positions = self._shares.positions(handover.numbers)
        self._lose(own)
        handover.done.set()

    def lost(self, numbers: frozenset[int]) -> None:
        """Partitions belong to another courier now. Requests in flight go on; see `Settling`."""
        self._hand_over()
        self._lose(self._shares.of(numbers))

    def _close(self, numbers: frozenset[int]) -> None:
        self._shares.close_inlets(numbers)
        self._draining.close(numbers)

    def _lose(self, own: Sequence[OwnShare]) -> None:
        numbers = frozenset(share.number for share in own)
        self._intake.lost([*self._shares.lose(own), *self._draining.lose(numbers)])
        for work in self._ordering.drop(lambda _: True, own):
            self._settling.forget(work)
        self._drop(lambda work: not work.live)
        self._sending.break_off(lambda work: not work.live)

    def commit_failed(self) -> None:
        """A commit is not there."""
        self._shares.forget_committed()

    def _drop(self, unwanted: Callable[[Work], bool]) -> None:
        for work in self._admission.drop(unwanted):
            self._settling.forget(work)

    def _commit_later(self) -> None:
        self._loop.after(COMMIT_EVERY, self._commit)

    def _commit(self) -> None:
        if positions := self._shares.positions():
            self._group.commit(positions)
        self._commit_later()

    def stop(self, patience: float) -> Callable[[], bool]:
        """Begin nothing more; answers whether all has ended, or `patience` seconds have."""
        self._stopped = True
        numbers = self._shares.numbers()
        self._close(numbers)
        self._drop(lambda _: True)
        deadline = steady() + patience
        return lambda: not self._settling.of(numbers) or steady() > deadline

    def last_positions(self) -> list[Position]:
        """All that may be committed at the end."""
        self._shares.forget_committed()
        return self._shares.positions()
