"""A customer event: what happened to a loyalty member; immutable. The topic `customer-events`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CustomerEvent", "SourceType"]


class SourceType(StrEnum):
    """The door that an event came in by."""

    INCOMING_WEBHOOK = "incoming_webhook"
    API = "api"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEvent:
    """An event, validated. `data` is the text of a JSON object, numbers as they were sent."""

    id: str
    account: str
    customer: str  # 1 to 256 characters
    action: str
    timestamp: int  # ms
    data: str
    source: SourceType
    request_id: str | None
    definition_id: str | None
    definition_revision: int | None
    config_offset: int  # -1: from outside, decided under nothing
