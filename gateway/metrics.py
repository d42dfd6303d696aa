"""The figures that the gateway counts, by name; `/metrics` shows them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from schemas.records import Outcome

__all__ = [
    "EVENTS",
    "INCOMING",
    "INCOMING_SECONDS",
    "NOT_HTTP",
    "NOT_RECALLED",
    "REGISTRY",
    "TOO_MANY",
    "UNAVAILABLE",
    "UNKNOWN",
]

REGISTRY = CollectorRegistry()

_incoming = Counter(
    "hookline_incoming_requests", "Requests to known endpoints, by outcome", ["outcome"], registry=REGISTRY
)
INCOMING = {outcome: _incoming.labels(outcome.value) for outcome in Outcome}
INCOMING_SECONDS = Histogram(
    "hookline_incoming_seconds",
    "From the request's head to Kafka's acknowledgement",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0),
    registry=REGISTRY,
)
UNKNOWN = Counter("hookline_unknown_endpoint_requests", "Requests to endpoints that nobody has", registry=REGISTRY)
UNAVAILABLE = Counter(
    "hookline_unacknowledged_requests", "Requests that Kafka did not acknowledge in time", registry=REGISTRY
)
TOO_MANY = Counter("hookline_too_many_requests", "Requests beyond an endpoint's rate", registry=REGISTRY)
NOT_RECALLED = Counter(
    "hookline_copies_not_recalled", "Requests whose copies the store could not be asked for", registry=REGISTRY
)
NOT_HTTP = Counter("hookline_not_http", "Requests that are not HTTP", registry=REGISTRY)
EVENTS = Counter("hookline_api_events", "Customer events taken by the API", registry=REGISTRY)
