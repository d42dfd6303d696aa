"""An incoming request, with what was answered and why. The topic `incoming-requests`; a row of the incoming log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["IncomingRequest", "Outcome"]


class Outcome(StrEnum):
    """What became of a request to a known endpoint."""

    ACCEPTED = "accepted"
    FILTERED = "filtered"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    INACTIVE = "inactive"
    UNVERIFIED = "unverified"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRequest:
    """One HTTP request to an incoming webhook, whole, and its verdict.

    Headers are `[name, value]`; `[name, ciphertext, "sealed"]` where the value is a credential. `body` is ciphertext
    where `body_sealed`. Refused requests keep at most 64 KiB of their body (`body_truncated`).
    """

    id: str
    account: str
    endpoint: str
    definition_id: str  # the definition that decided, or the endpoint's newest where none did
    definition_revision: int
    config_offset: int
    received_at: int  # ms
    duration_us: int  # until it was handed to Kafka
    method: str
    path: str
    query: str  # as sent, without the question mark; ciphertext where `query_sealed`
    query_sealed: bool
    headers: list[list[str]]
    body: bytes
    body_sealed: bool
    body_truncated: bool
    outcome: Outcome
    status_code: int
    response_headers: list[list[str]]
    response_body: bytes
    event_id: str | None
    customer: str | None
    action: str | None
    error_code: str | None
    error_path: str | None
    error_detail: str | None
    deduplication: str | None  # hash of the value, where the definition deduplicates
    reprocessed_request_id: str | None  # the first time that it came, where this is a run of reprocessing
    run_id: str | None
    first_received_at: int | None = None  # ms; of that first time
