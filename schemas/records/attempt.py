"""An attempt: one HTTP request of a delivery, with what came of it; one row of the webhook log.

The topic `attempts` holds every status of every attempt, and its row is the proof that the step was handled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Attempt", "AttemptError", "AttemptStatus", "Trigger"]


class AttemptStatus(StrEnum):
    """The four words of the webhook log (manual 001, 'Webhook log')."""

    QUEUED = "queued"
    RESENT = "resent"
    FAILED = "failed"
    DONE = "done"


class AttemptError(StrEnum):
    """Why an attempt has no usable answer, or ended without being sent."""

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    FORBIDDEN_ADDRESS = "forbidden_address"
    PROTOCOL = "protocol"
    CONFIGURATION = "configuration"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"
    EXPIRED = "expired"
    POSTPONED_TOO_LONG = "postponed_too_long"


class Trigger(StrEnum):
    """What made the chain that an attempt belongs to."""

    AUTO = "auto"
    RESEND = "resend"
    BULK = "bulk"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One step of one chain of one delivery; (`delivery_id`, `chain`, `step`) names it.

    `status` RESENT means: failed, and `step` + 1 is due at `next_attempt_at`. A row that ended unsent (`error` is
    archived, expired, ...) has no request and the number of the attempt not made. Request headers that carry
    credentials are masked before the record is written.
    """

    delivery_id: str
    chain: str  # "0" is the original; a resend's is its command's time-ordered id
    step: int  # 1 is the first attempt
    account: str
    event_id: str
    subscription_id: str
    action: str
    customer: str
    site_id: str
    site_name: str
    site_revision: int
    status: AttemptStatus
    response_code: int | None
    error: AttemptError | None
    error_detail: str  # a sentence for people, "" where there is none
    created_at: int  # ms, when the attempt began
    duration_us: int
    next_attempt_at: int | None  # ms
    trigger: Trigger
    resend_id: str | None  # the bulk resend that asked for it
    request_method: str
    request_url: str
    request_headers: list[list[str]]
    request_body: bytes
    response_headers: list[list[str]]
    response_body: bytes  # at most 64 KiB
    response_truncated: bool
    dns_us: int | None
    connect_us: int | None
    tls_us: int | None
    first_byte_us: int | None
    remote_ip: str | None
