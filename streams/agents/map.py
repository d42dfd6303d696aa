"""Map: accepted requests of `incoming-requests` become customer events in `customer-events`.

Each is decided again from the log, with the definition's revision of then; see streams/core/confirming.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from schemas.codec import decode_as, encode
from schemas.errors import RecordUnreadable
from schemas.identity import event_key
from schemas.records import IncomingRequest, Outcome, RejectedReason
from schemas.topics import Topics
from streams.agents.hop import Hop, Moment, SourceRecord, Unusable, require_folded
from streams.core.configuration import Configuration
from streams.core.confirming import VerdictChanged, arrived_again, confirmed
from streams.core.definitions import Compiler
from streams.core.tracing import carried, trace_parent
from streams.edges.kafka import Message

__all__ = ["map_hop"]


def map_hop(
    topics: Topics,
    configuration: Configuration,
    compiler: Compiler,
    open_sealed: Callable[[str], bytes],
    *,
    traced: bool = False,
) -> Hop:
    """The hop *map*; `compiler` is that of `configuration`, `open_sealed` decrypts what a request has sealed.

    `traced`: the trace that a request belongs to goes on with its event.
    """

    def turn(record: SourceRecord, moment: Moment) -> Iterator[Message]:
        request = read(record)
        if request.outcome is not Outcome.ACCEPTED:
            return
        require_folded(request.config_offset, configuration.offset, moment)
        view = compiler.account_as_of(request.account, request.config_offset)
        definition = compiler.receiving(request.account, request.definition_id, request.definition_revision)
        try:
            event = confirmed(view, definition, request, arrived_again(request, open_sealed))
        except VerdictChanged as fact:
            raise Unusable(RejectedReason.VERDICT_CHANGED, str(fact), account=request.account) from None
        headers = carried(trace_parent(request.headers)) if traced else ()
        yield Message(topics.customer_events, event_key(event.account, event.customer), encode(event), headers=headers)

    return Hop("map", topics.incoming_requests, topics.rejected, turn)


def read(record: SourceRecord) -> IncomingRequest:
    try:
        return decode_as(IncomingRequest, record.value)
    except RecordUnreadable as error:
        raise Unusable(RejectedReason.UNREADABLE, str(error)) from None
