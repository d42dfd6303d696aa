"""A record that could not be used: its raw bytes, where it came from and why. The topic `rejected`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Rejected", "RejectedReason"]


class RejectedReason(StrEnum):
    """Why a record was rejected."""

    UNREADABLE = "unreadable"  # neither Avro of ours nor, where that is allowed, JSON
    INVALID_EVENT = "invalid_event"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_ACTION = "unknown_action"
    ID_CONFLICT = "id_conflict"
    VERDICT_CHANGED = "verdict_changed"  # the second evaluation disagrees with the answer that was given
    CONFIG_UNKNOWN = "config_unknown"  # decided under an offset that `config` does not have
    REFUSED_BY_KAFKA = "refused_by_kafka"  # too large for its next topic; `value` is empty, the reference stands
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One rejected record; (`topic`, `partition`, `offset`) names it."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # ms, of the record
    key: bytes | None
    value: bytes | None
    headers: list[list[str]]
    account: str | None  # where it could be read
    reason: RejectedReason
    path: str | None  # of the field
    detail: str  # a sentence for people
    rejected_at: int  # ms
