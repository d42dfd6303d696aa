"""What people ask of a delivery: resend, cancel, send now. The topic `commands`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.records.attempt import Trigger

__all__ = ["Command", "CommandKind", "PendingStep"]


class CommandKind(StrEnum):
    """The three requests there are."""

    RESEND = "resend"
    CANCEL = "cancel"
    SEND_NOW = "send_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingStep:
    """A step of the delivery that was waiting when the command was given."""

    chain: str
    step: int
    trigger: Trigger
    resend_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request. It carries the delivery whole, so that a courier needs no store.

    Of a resend that is the new chain's first step, of `send_now` the step that waits. `pending` are the steps that a
    resend supersedes and that `cancel` ends.
    """

    id: str  # time-ordered; names the new chain of a resend
    kind: CommandKind
    account: str
    delivery_id: str
    lane: str
    author: str
    at: int  # ms
    resend_id: str | None
    delivery: bytes | None  # encoded Delivery
    pending: list[PendingStep]
