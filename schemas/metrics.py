"""Every figure that a role shows to Prometheus: its name, kind, labels and meaning. Nothing else is ever exported.

Names and units follow Prometheus's conventions (prometheus.io/docs/practices/naming): a counter is read with `_total`
at its end, durations are in seconds. `docs/metrics.md`, the dashboard and the alert rules are checked against this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

__all__ = ["CATALOGUE", "Kind", "Meters", "Metric", "Role", "exposed"]


class Role(StrEnum):
    """Who shows it."""

    GATEWAY = "gateway"
    STREAMS = "streams"
    COURIER = "courier"
    PROJECTOR = "projector"


class Kind(StrEnum):
    """What it is to Prometheus."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `buckets`: upper bounds of a histogram, in the unit of its name."""

    role: Role
    kind: Kind
    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


QUICK = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_gateway, _streams, _courier, _projector = Role
_count, _gauge, _spread = Kind

INCOMING = Metric(
    _gateway, _count, "hookline_incoming_requests", "Requests to known endpoints, by outcome", ("outcome",)
)
INCOMING_SECONDS = Metric(
    _gateway,
    _spread,
    "hookline_incoming_seconds",
    "From the request's head to Kafka's acknowledgement",
    buckets=QUICK,
)
UNKNOWN = Metric(_gateway, _count, "hookline_unknown_endpoint_requests", "Requests to endpoints that nobody has")
UNAVAILABLE = Metric(
    _gateway, _count, "hookline_unacknowledged_requests", "Requests that Kafka did not acknowledge in time"
)
TOO_MANY = Metric(_gateway, _count, "hookline_too_many_requests", "Requests beyond an endpoint's rate")
NOT_RECALLED = Metric(
    _gateway, _count, "hookline_copies_not_recalled", "Requests whose copies the store could not be asked for"
)
NOT_HTTP = Metric(_gateway, _count, "hookline_not_http", "Requests that are not HTTP")
EVENTS = Metric(_gateway, _count, "hookline_api_events", "Customer events taken by the API")
KAFKA_UP = Metric(_gateway, _gauge, "hookline_kafka_up", "1 while Kafka answers the gateway, else 0")
STORE_UP = Metric(_gateway, _gauge, "hookline_store_up", "1 while the gateway can read the store, else 0")
LAG = Metric(_gateway, _gauge, "hookline_lag_records", "Records that a role has still to read, by role", ("role",))
OLDEST = Metric(
    _gateway,
    _gauge,
    "hookline_oldest_undelivered_seconds",
    "How long what has waited longest to be sent has waited, what is parked too; by account for the operator's key",
    ("account",),
)
HOP_MESSAGES = Metric(
    _streams,
    _count,
    "hookline_hop_messages",
    "What a hop has made: events (`map`), deliveries (`route`)",
    ("hop",),
)
HOP_RECORDS = Metric(_streams, _count, "hookline_hop_records", "Records that a hop has read", ("hop",))
HOP_REJECTED = Metric(_streams, _count, "hookline_hop_rejected", "Records that a hop could not use", ("hop",))
HOP_SECONDS = Metric(
    _streams,
    _spread,
    "hookline_hop_batch_seconds",
    "From a batch's first record to the acknowledgement of all that was made of it",
    ("hop",),
    SLOW,
)
ATTEMPTS = Metric(
    _courier, _count, "hookline_attempts", "Attempts that were made, by status: done, resent or failed", ("status",)
)
ATTEMPT_SECONDS = Metric(
    _courier, _spread, "hookline_attempt_seconds", "How long an attempt took, to the last byte of its answer", (), SLOW
)
DELIVERY_SECONDS = Metric(
    _courier,
    _spread,
    "hookline_first_attempt_delay_seconds",
    "From the making of a delivery to its first attempt",
    buckets=(*SLOW, 300.0, 3600.0),
)
PARKED = Metric(_courier, _count, "hookline_parked", "Messages put aside, by cause", ("cause",))
DEAD = Metric(_courier, _count, "hookline_dead_letters", "Messages that failed for good")
BREAKER = Metric(
    _courier,
    _gauge,
    "hookline_breaker_open",
    "1 while this courier holds a site's messages back, 0.5 while it probes; none while all is well",
    ("account", "site"),
)
FOLDED = Metric(_projector, _count, "hookline_folded_records", "Records folded into the store")
FOLD_SECONDS = Metric(
    _projector, _spread, "hookline_fold_batch_seconds", "How long it took to fold and to write a batch", (), SLOW
)
UNUSABLE = Metric(_projector, _count, "hookline_unusable_records", "Records that the projector could not read")
WRITABLE = Metric(_projector, _gauge, "hookline_store_writable", "1 while the store takes what is folded, else 0")

CATALOGUE: tuple[Metric, ...] = tuple(each for each in list(globals().values()) if isinstance(each, Metric))


def exposed(metric: Metric) -> Iterator[str]:
    """The names of its series, as Prometheus has them."""
    match metric.kind:
        case Kind.COUNTER:
            yield f"{metric.name}_total"
        case Kind.GAUGE:
            yield metric.name
        case Kind.HISTOGRAM:
            yield from (f"{metric.name}_{end}" for end in ("bucket", "sum", "count"))


class Meters:
    """What one role counts in its process; `registry` is what it shows, its processor time and memory too."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)

    def counter(self, metric: Metric) -> Counter:
        """The counter of this figure; made once."""
        return Counter(metric.name, metric.help, metric.labels, registry=self.registry)

    def gauge(self, metric: Metric) -> Gauge:
        """The gauge of this figure; made once."""
        return Gauge(metric.name, metric.help, metric.labels, registry=self.registry)

    def histogram(self, metric: Metric) -> Histogram:
        """The histogram of this figure; made once."""
        return Histogram(metric.name, metric.help, metric.labels, registry=self.registry, buckets=metric.buckets)
