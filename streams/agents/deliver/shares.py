"""The partitions that are ours: their inlets, their window of proof, and what of them may be committed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator

from schemas.records import AttemptError, Delivery
from streams.agents.deliver.work import Item, Source, Work
from streams.core.inlet import Inlet
from streams.core.proof import Proofs, Steps, aside_key
from streams.core.succession import Successions
from streams.core.window import ProofWindow, marks_text
from streams.edges.assignment import Share
from streams.edges.courier_consumer import Position

__all__ = ["OwnShare", "Shares"]

REMEMBERED = 50_000  # steps


class OwnShare:
    """One partition number; `successions` are told from where on messages of `deliveries` are new here."""

    def __init__(self, share: Share, successions: Successions[Work], commands: str = "") -> None:
        self.successions, self._commands = successions, commands
        for away in share.away:
            successions.restore(away)
        self.number, self.orders = share.number, share.orders
        self.inlets = {topic: Inlet[Item](topic, share.number, at) for topic, at in share.starts.items()}
        self.window = ProofWindow(share.mark, share.proof_ends, share.starts)
        self.recovery = self.window.open()  # held until the rows that were missing are there
        self.proofs: Proofs | None = share.proofs
        self._ends = share.ends
        self._committed: dict[str, Position] = {}
        for topic, at in share.starts.items():
            self.passed(topic, at)

    def recovered(self) -> None:
        """The rows that were missing have been written."""
        self.window.close(self.recovery)

    def passed(self, topic: str, offset: int) -> None:
        """Messages of this topic are taken up from `offset` on: once past the end at the assignment, all are new."""
        if self.window.recovering and offset >= self._ends[topic]:
            self.untouched(topic)

    def untouched(self, topic: str) -> None:
        """No further message of this topic was ever taken up before."""
        if topic == self._commands:
            self.successions.catch_up()
        self.window.recovered(topic)
        if not self.window.recovering:
            self.proofs = None

    def forget_committed(self) -> None:
        """A commit failed: all of it is to be committed again."""
        self._committed.clear()

    def positions(self, deliveries: str, backlog: int | None) -> Iterator[Position]:
        """What has changed since the last time."""
        self.window.advance()
        mark = marks_text(self.window.mark, backlog, ordered=not self.successions.empty)
        for topic, inlet in self.inlets.items():
            metadata = mark if topic == deliveries else ""
            position = Position(topic, self.number, inlet.watermark.position, metadata)
            if self._committed.get(topic) != position:
                self._committed[topic] = position
                yield position


class Shares:
    """All of ours, and the steps that were done lately whoever owns them now."""

    def __init__(self, deliveries: str, commands: str = "") -> None:
        self._deliveries, self._commands = deliveries, commands
        self.freed: deque[Work] = deque()  # held messages that are to ask for their turn again
        self._own: dict[int, OwnShare] = {}
        self._steps = Steps(REMEMBERED)
        self.backlog: Callable[[int], int | None] = lambda _: None  # where a number's parked messages wait from

    def take(self, share: Share) -> OwnShare:
        """A partition number has become ours."""
        for key in (*share.proofs.handled, *share.proofs.aside):
            self._steps.add(key)
        successions = Successions[Work](
            self.freed, share.starts.get(self._deliveries, 0), caught_up=self._commands not in share.starts
        )
        own = self._own[share.number] = OwnShare(share, successions, self._commands)
        return own

    def of(self, numbers: Iterable[int]) -> list[OwnShare]:
        """Ours, of these numbers."""
        return [own for number in numbers if (own := self._own.get(number)) is not None]

    def lose(self, shares: Iterable[OwnShare]) -> list[Inlet[Item]]:
        """They are ours no longer; answers their inlets. A later share of the same number is another one."""
        lost: list[Inlet[Item]] = []
        for own in shares:
            if self._own.get(own.number) is own:
                del self._own[own.number]
            lost += own.inlets.values()
        for inlet in lost:
            inlet.lose()
        return lost

    def numbers(self) -> frozenset[int]:
        """Which are ours."""
        return frozenset(self._own)

    def close_inlets(self, numbers: Container[int]) -> None:
        """Take up nothing more of these; what is under way goes on."""
        for own in self._chosen(numbers):
            for inlet in own.inlets.values():
                inlet.close()

    def find(self, number: int) -> OwnShare | None:
        """One of ours."""
        return self._own.get(number)

    def inlet(self, topic: str, partition: int) -> Inlet[Item] | None:
        """An inlet of ours."""
        own = self._own.get(partition)
        return own.inlets.get(topic) if own else None

    def handled(self, number: int, key: str) -> bool:
        """Whether the step was done before."""
        own = self._own.get(number)
        return key in self._steps or (own is not None and own.proofs is not None and key in own.proofs.handled)

    def covers(self, number: int, key: str, delivery: Delivery, *, aside: bool) -> bool:
        """Whether a message, of the step `key`, needs nothing more; `aside`: nor one whose record was put aside."""
        if key in self._steps or (aside and aside_key(delivery, key) in self._steps):
            return True
        own = self._own.get(number)
        return own is not None and own.proofs is not None and own.proofs.covers(delivery, aside=aside)

    def against(self, number: int, delivery: Delivery) -> AttemptError | None:
        """Why a chain is not to go on: people have asked for something else."""
        own = self._own.get(number)
        return own.orders.against(delivery) if own else None

    def overtaken(self, number: int, key: str, written_at: int) -> bool:
        """Whether a record waits for what people have had sent already."""
        own = self._own.get(number)
        return own is not None and own.orders.overtaken(key, written_at)

    def remember(self, key: str) -> None:
        """The step has been done."""
        self._steps.add(key)

    def open(self, inlet: Inlet[Item]) -> Source:
        """Take up the head of an inlet."""
        own = self._own[inlet.partition]
        source = Source(inlet, inlet.take_up().offset, own.window.open())
        if inlet.topic in own.inlets:
            own.passed(inlet.topic, source.offset + 1)
        if inlet.topic == self._deliveries:
            own.successions.took_up(source.offset)
        return source

    @staticmethod
    def close(source: Source) -> None:
        """The record is done with."""
        source.inlet.watermark.end(source.offset)
        ProofWindow.close(source.snapshot)

    def written(self, topic: str, partition: int, offset: int) -> None:
        """A record of proof was acknowledged."""
        if own := self._own.get(partition):
            own.window.written(topic, offset)

    def forget_committed(self, numbers: Container[int] | None = None) -> None:
        """What was committed of these numbers, or of all, may not be there."""
        for own in self._chosen(numbers):
            own.forget_committed()

    def positions(self, numbers: Container[int] | None = None) -> list[Position]:
        """What is to be committed of these numbers; of all, by default."""
        chosen = self._chosen(numbers)
        return [each for own in chosen for each in own.positions(self._deliveries, self.backlog(own.number))]

    def _chosen(self, numbers: Container[int] | None) -> list[OwnShare]:
        return [own for number, own in self._own.items() if numbers is None or number in numbers]
