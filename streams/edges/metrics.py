"""The figures that streams and courier count: each process shows those of its own role."""

from __future__ import annotations

from prometheus_client import Counter

from schemas import metrics
from schemas.records import AttemptStatus

__all__ = [
    "ATTEMPTS",
    "ATTEMPT_SECONDS",
    "BREAKER",
    "COURIER",
    "DEAD",
    "DELIVERY_SECONDS",
    "HOP_MESSAGES",
    "HOP_RECORDS",
    "HOP_REJECTED",
    "HOP_SECONDS",
    "PARKED",
    "STREAMS",
]

STREAMS = metrics.Meters(metrics.Role.STREAMS)
HOP_MESSAGES = STREAMS.counter(metrics.HOP_MESSAGES)
HOP_RECORDS = STREAMS.counter(metrics.HOP_RECORDS)
HOP_REJECTED = STREAMS.counter(metrics.HOP_REJECTED)
HOP_SECONDS = STREAMS.histogram(metrics.HOP_SECONDS)

COURIER = metrics.Meters(metrics.Role.COURIER)
_attempts = COURIER.counter(metrics.ATTEMPTS)
ATTEMPTS: dict[AttemptStatus, Counter] = {
    status: _attempts.labels(status.value) for status in AttemptStatus if status is not AttemptStatus.QUEUED
}
ATTEMPT_SECONDS = COURIER.histogram(metrics.ATTEMPT_SECONDS)
DELIVERY_SECONDS = COURIER.histogram(metrics.DELIVERY_SECONDS)
PARKED = COURIER.counter(metrics.PARKED)
DEAD = COURIER.counter(metrics.DEAD)
BREAKER = COURIER.gauge(metrics.BREAKER)
