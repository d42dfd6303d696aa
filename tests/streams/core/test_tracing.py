"""A trace is handed on as it came: through the hops, to every attempt; and nothing that is none."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.codec import decode
from schemas.records import CustomerEvent, Delivery
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.hop import Hop, Moment
from streams.agents.map import map_hop
from streams.agents.route import Place, route_hop
from streams.core.tracing import carried, trace_parent
from streams.edges.keyring import Keyring
from tests.streams.shop import NOW, Shop, a_record, a_request, an_event

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TOPICS = Topics(Settings())


def test_the_header_is_found_whatever_its_case_in_http_and_kafka() -> None:
    assert trace_parent([("X", "y"), ("TraceParent", PARENT)]) == PARENT
    assert trace_parent([("traceparent", PARENT.encode())]) == PARENT
    assert carried(PARENT) == (("traceparent", PARENT.encode()),)
    assert carried(None) == ()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("tracestate", PARENT)],
        [("traceparent", None)],
        [("traceparent", "")],
        [("traceparent", PARENT), ("Traceparent", PARENT)],
        [("traceparent", PARENT.upper())],
        [("traceparent", "ff" + PARENT[2:])],
        [("traceparent", PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32))],
        [("traceparent", PARENT.replace("00f067aa0ba902b7", "0" * 16))],
        [("traceparent", PARENT + "\r\nX-Evil: 1")],
        [("traceparent", PARENT.encode() + b"\xff")],
    ],
)
def test_what_is_no_trace_is_not_handed_on(headers: list[Any]) -> None:
    assert trace_parent(headers) is None


def made(hop: Hop, value: Any, **fields: Any) -> Any:
    (one,) = hop.step([a_record(value, **fields)], Moment(NOW, config_end=100))
    return one.message, decode(one.message.value)


@pytest.mark.parametrize("traced", [True, False])
def test_a_request_s_trace_goes_on_with_its_event_where_that_is_wanted(*, traced: bool) -> None:
    shop = Shop()
    hop = map_hop(TOPICS, shop.configuration, shop.compiler, Keyring(["a secret key"]).open, traced=traced)
    request = a_request(headers=[["content-type", "application/json"], ["traceparent", PARENT]])
    message, event = made(hop, request)
    assert isinstance(event, CustomerEvent)
    assert message.headers == (carried(PARENT) if traced else ())


@pytest.mark.parametrize("traced", [True, False])
def test_an_event_s_trace_goes_on_with_its_deliveries_where_that_is_wanted(*, traced: bool) -> None:
    shop = Shop()
    hop = route_hop(TOPICS, Place("cluster", 12), shop.configuration, shop.compiler, traced=traced)
    _, delivery = made(hop, an_event(), headers=[("traceparent", PARENT.encode())])
    assert isinstance(delivery, Delivery)
    assert delivery.trace_parent == (PARENT if traced else None)
