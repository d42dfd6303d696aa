"""A request to a site and its answer, as values: what was sent, what came back, how long each part took.

A remote failure is an answer too, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.records import AttemptError
from streams.core.destination import Destination

__all__ = ["Answer", "Fault", "Request", "Timings"]

SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, ready to be sent. `timeout` in seconds, from connect to the last byte of the answer."""

    method: str
    destination: Destination
    headers: list[list[str]]
    body: bytes
    timeout: float
    turn: int = 0  # which of several addresses is tried
    proxied: bool = False  # through the proxy with a static IP


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no usable answer; `detail` is a sentence for people."""

    error: AttemptError
    detail: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Microseconds from the start of the exchange until each part was done; None where it did not come to that."""

    dns: int | None = None
    connect: int | None = None
    tls: int | None = None
    first_byte: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one request, or of the try to make it."""

    began_at: int  # ms
    duration_us: int
    fault: Fault | None = None
    status: int | None = None
    headers: list[list[str]] = field(default_factory=list)
    body: bytes = b""
    truncated: bool = False
    timings: Timings = Timings()
    remote_ip: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether a complete answer came, with a status from 200 to 299."""
        return self.fault is None and self.status in SUCCESS
