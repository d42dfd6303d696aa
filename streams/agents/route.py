"""Route: customer events of `customer-events` become deliveries, one for each subscription that wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from schemas.codec import encode
from schemas.errors import ActionUnknown, FieldInvalid, RecordUnreadable
from schemas.events import account_of, check_action, read_event
from schemas.identity import lane_partition
from schemas.records import CustomerEvent, RejectedReason
from schemas.topics import Topics
from streams.agents.hop import Hop, Moment, SourceRecord, Unusable, require_folded
from streams.agents.known_ids import KnownIds
from streams.core.configuration import Configuration
from streams.core.definitions import AccountView, Compiler
from streams.core.routing import deliveries_of
from streams.core.tracing import trace_parent
from streams.edges.kafka import Message

__all__ = ["Place", "event_reader", "route_hop"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the hop works: the cluster's id, and how many partitions its `deliveries` really has."""

    cluster: str
    partitions: int


def route_hop(
    topics: Topics,
    place: Place,
    configuration: Configuration,
    compiler: Compiler,
    ids: KnownIds | None = None,
    *,
    traced: bool = False,
) -> Hop:
    """The hop *route*; `compiler` is that of `configuration`. `ids`: of producers, so that none names two events.

    `traced`: the trace that an event belongs to goes on with its deliveries.
    """

    def turn(record: SourceRecord, moment: Moment) -> Iterator[Message]:
        event = read(record, place.cluster, compiler)
        require_folded(event.config_offset, configuration.offset, moment)
        view = view_of(compiler, event)
        event = checked(event, view)
        if ids is not None and not ids.is_new(event, record):
            return
        under = max(view.offset, event.config_offset)
        parent = trace_parent(record.headers) if traced else None
        for made in deliveries_of(view, event, partitions=place.partitions, now=moment.now, config_offset=under):
            delivery = made if parent is None else replace(made, trace_parent=parent)
            partition = lane_partition(delivery.lane, place.partitions)
            yield Message(topics.deliveries, delivery.lane.encode(), encode(delivery), partition)

    needs = ids.needs if ids is not None else lambda _: None
    return Hop("route", topics.customer_events, topics.rejected, turn, needs)


def event_reader(place: Place, compiler: Compiler) -> Callable[[SourceRecord], CustomerEvent]:
    """Reads an event as it is routed; raises Unusable. For one thread, as `compiler` is."""

    def event_of(record: SourceRecord) -> CustomerEvent:
        event = read(record, place.cluster, compiler)
        return checked(event, view_of(compiler, event))

    return event_of


def view_of(compiler: Compiler, event: CustomerEvent) -> AccountView:
    view = compiler.account(event.account)
    if view is None:
        raise Unusable(RejectedReason.UNKNOWN_ACCOUNT, f"there is no account {event.account!r}", path="account")
    return view


def read(record: SourceRecord, cluster: str, compiler: Compiler) -> CustomerEvent:
    """The event that a record is, whoever wrote it."""
    try:
        return read_event(
            record.value,
            cluster=cluster,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=record.timestamp,
        )
    except RecordUnreadable as error:
        raise Unusable(RejectedReason.UNREADABLE, str(error)) from None
    except FieldInvalid as error:
        owner = owner_of(record, compiler)
        raise Unusable(RejectedReason.INVALID_EVENT, error.message, path=error.path, account=owner) from None


def owner_of(record: SourceRecord, compiler: Compiler) -> str | None:
    """The account whose people look for a record that is no valid event: the one that it names, where there is one."""
    named = account_of(record.value) if record.value is not None else None
    return named if named is not None and compiler.account(named) is not None else None


def checked(event: CustomerEvent, view: AccountView) -> CustomerEvent:
    """The event by its account's catalogue, number fields as numbers."""
    try:
        return check_action(event, view.custom_actions)
    except ActionUnknown as error:
        reason = RejectedReason.UNKNOWN_ACTION
        raise Unusable(reason, error.message, path=error.path, account=event.account) from None
    except FieldInvalid as error:
        reason = RejectedReason.INVALID_EVENT
        raise Unusable(reason, error.message, path=error.path, account=event.account) from None
