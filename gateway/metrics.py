"""The figures that the gateway counts; `/metrics` shows them."""

from __future__ import annotations

from schemas import metrics
from schemas.records import Outcome

__all__ = [
    "EVENTS",
    "INCOMING",
    "INCOMING_SECONDS",
    "KAFKA_UP",
    "LAG",
    "NOT_HTTP",
    "NOT_RECALLED",
    "OLDEST",
    "REGISTRY",
    "STORE_UP",
    "TOO_MANY",
    "UNAVAILABLE",
    "UNKNOWN",
]

METERS = metrics.Meters(metrics.Role.GATEWAY)
REGISTRY = METERS.registry

_incoming = METERS.counter(metrics.INCOMING)
INCOMING = {outcome: _incoming.labels(outcome.value) for outcome in Outcome}
INCOMING_SECONDS = METERS.histogram(metrics.INCOMING_SECONDS)
UNKNOWN = METERS.counter(metrics.UNKNOWN)
UNAVAILABLE = METERS.counter(metrics.UNAVAILABLE)
TOO_MANY = METERS.counter(metrics.TOO_MANY)
NOT_RECALLED = METERS.counter(metrics.NOT_RECALLED)
NOT_HTTP = METERS.counter(metrics.NOT_HTTP)
EVENTS = METERS.counter(metrics.EVENTS)
KAFKA_UP = METERS.gauge(metrics.KAFKA_UP)
STORE_UP = METERS.gauge(metrics.STORE_UP)
LAG = METERS.gauge(metrics.LAG)
OLDEST = METERS.gauge(metrics.OLDEST)
