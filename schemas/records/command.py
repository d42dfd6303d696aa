"""What people ask of a delivery: resend, cancel, send now. The topic `commands`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Command", "CommandKind"]


class CommandKind(StrEnum):
    """The three requests there are."""

    RESEND = "resend"
    CANCEL = "cancel"
    SEND_NOW = "send_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request. A resend carries the delivery whole (a new chain), so that a courier needs no store."""

    id: str  # time-ordered; names the new chain of a resend
    kind: CommandKind
    account: str
    delivery_id: str
    lane: str
    author: str
    at: int  # ms
    resend_id: str | None
    delivery: bytes | None  # encoded Delivery
