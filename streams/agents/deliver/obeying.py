"""Obeying: what people ask of a delivery. Steps that wait are ended in the log at once, not when they would be due.

1. The command is noted. 2. The rows of the steps that it ends are written and acknowledged. 3. What is to be sent goes
into its lane like any message. 4. The offset of the command may move once that has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from schemas.records import AttemptError, Command, CommandKind, Delivery, PendingStep
from streams.agents.deliver.settling import Settling, Then
from streams.agents.deliver.shares import Shares
from streams.agents.deliver.work import Arrived, Work
from streams.core.answer import Fault
from streams.core.lanes import Lanes
from streams.core.proof import step_key
from streams.core.sending import Sites, SiteView

__all__ = ["Obeyed", "Obeying"]

WORDS = {
    AttemptError.SUPERSEDED: "a resend has taken its place",
    AttemptError.CANCELLED: "it was cancelled",
}


class Obeyed(Protocol):
    """What follows: whether the message that a command carries is to be sent."""

    def __call__(self, *, sent: bool) -> None: ...


class Obeying:
    """Ends and begins chains because somebody has asked for it."""

    def __init__(self, *, shares: Shares, lanes: Lanes[Work], settling: Settling, sites: Sites) -> None:
        self._shares, self._settling, self._sites = shares, settling, sites
        self.drop: Callable[[Callable[[Work], bool]], Sequence[Work]] = lanes.drop  # or of wherever messages wait too

    def obey(self, command: Command, item: Arrived, number: int, then: Obeyed) -> None:
        """Do what a command says about waiting steps; `then` comes when their rows are there."""
        own = self._shares.find(number)
        if own is None or own.orders.known(command):
            then(sent=False)
            return
        own.orders.note(command, item.delivery, item.written_at)
        error = AttemptError.SUPERSEDED if command.kind is CommandKind.RESEND else AttemptError.CANCELLED
        waiting = 1

        def ended() -> None:
            nonlocal waiting
            waiting -= 1
            if not waiting:
                then(sent=item.is_sent)

        for step in command.pending if command.kind is not CommandKind.SEND_NOW else ():
            waiting += 1
            self._end(number, of_step(item.delivery, step), error, ended)
        ended()

    def _end(self, number: int, delivery: Delivery, error: AttemptError, then: Then) -> None:
        key = step_key(delivery)
        if self._settling.is_under_way(key):  # in its lane it can be stopped; in flight, only its resend can
            for work in self.drop(lambda work: work.key == key):
                self.stop(work, error)
        elif not self._shares.handled(number, key):
            self._settling.never_made(number, delivery, self._site(delivery), Fault(error, WORDS[error]), then)
            return
        then()

    def stop(self, work: Work, error: AttemptError) -> None:
        """End a message that is not in flight."""
        self._settling.stopped(work, self._site(work.delivery), Fault(error, WORDS[error]))

    def _site(self, delivery: Delivery) -> SiteView | None:
        return self._sites.find(delivery.account, delivery.site_id)


def of_step(delivery: Delivery, step: PendingStep) -> Delivery:
    """The same message at a step of another chain."""
    return replace(delivery, chain=step.chain, step=step.step, trigger=step.trigger, resend_id=step.resend_id)
