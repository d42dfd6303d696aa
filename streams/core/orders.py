"""Orders: what people have asked of deliveries, folded from `commands`; whether a waiting step is still wanted.

A resend ends every older chain of its delivery, a cancel the chains that it names. Chains are named in order of time,
and the original's name comes before all.
"""

from __future__ import annotations

from schemas.identity import attempt_id
from schemas.records import AttemptError, Command, CommandKind, Delivery

__all__ = ["Orders"]


class Orders:
    """Those of one partition number. What was asked 90 days ago (the topic's retention) concerns nothing any more."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}  # delivery -> its newest chain
        self._cancelled: set[tuple[str, str]] = set()  # delivery, chain
        self._hurried: dict[str, int] = {}  # step -> when it was asked to be sent now, ms

    def known(self, command: Command) -> bool:
        """Whether this resend was asked for before: a job that was interrupted asks again."""
        return command.kind is CommandKind.RESEND and self._newest.get(command.delivery_id) == command.id

    def note(self, command: Command, delivery: Delivery, at: int) -> None:
        """Take one command with the delivery that it carries; `at` is the record's time, in milliseconds."""
        match command.kind:
            case CommandKind.RESEND:
                self._newest[command.delivery_id] = max(command.id, self._newest.get(command.delivery_id, ""))
            case CommandKind.CANCEL:
                self._cancelled.update((command.delivery_id, step.chain) for step in command.pending)
            case CommandKind.SEND_NOW:
                self._hurried[attempt_id(delivery.delivery_id, delivery.chain, delivery.step)] = at

    def against(self, delivery: Delivery) -> AttemptError | None:
        """Why this chain of a delivery is not to go on; None where nothing is against it."""
        if (delivery.delivery_id, delivery.chain) in self._cancelled:
            return AttemptError.CANCELLED
        if delivery.chain < self._newest.get(delivery.delivery_id, ""):
            return AttemptError.SUPERSEDED
        return None

    def overtaken(self, step: str, written_at: int) -> bool:
        """Whether a record of this step, written at that time (ms), waits for what has been sent already."""
        return written_at < self._hurried.get(step, 0)
