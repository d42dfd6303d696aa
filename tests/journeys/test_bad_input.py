"""Garbage on every topic, and callers that send nonsense: answered or rejected, and nobody else notices."""

from __future__ import annotations

import socket

import pytest

from schemas import codec
from schemas.records import RejectedReason
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.journey
GARBAGE = [b"\xff\x00garbage", b"", b"{", b"\xc3\x01" + bytes(20), b"\x00\x00\x00\x00\x01x", None]


def test_garbage_on_every_topic_is_rejected_and_everything_goes_on(hookline: Hookline, receiver: Receiver) -> None:
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"))
    for topic in hookline.topics.catalogue:
        for value in GARBAGE:
            hookline.produce(topic.name, value, key=b"garbage")

    assert hookline.post("shop", "points", {"customer": "c-1", "points": 1})[0] == 200

    message = eventually(lambda: receiver.at("/hooks"), what="the message arrives all the same")[0]
    assert shop.ended(message.webhook_id)[-1]["status"] == "done"
    topics = hookline.topics
    walked = {topics.incoming_requests, topics.customer_events, topics.deliveries, *topics.retries.values()}

    def rejected() -> set[tuple[str, bytes | None]]:
        ours = [each.value() for each in hookline.messages(topics.rejected) if each.key() != b"garbage"]
        records = [codec.decode(value) for value in ours]
        return {(each.topic, each.value) for each in records if each.reason is RejectedReason.UNREADABLE}

    wanted = {(topic, value) for topic in walked for value in GARBAGE}
    eventually(lambda: wanted <= rejected(), what="each piece lies in rejected, whole")
    for role in hookline.processes.values():
        assert role.poll() is None, "nobody ended"


def test_nonsense_on_the_wire_gets_its_status_and_no_event(hookline: Hookline) -> None:
    hookline.start("gateway")
    Shop(hookline).endpoint()
    path = "/beta/webhooks/custom/shop/points"
    cases: list[tuple[str, str, bytes, int]] = [
        ("POST", "application/json", b"{", 400),
        ("POST", "application/json", b'{"customer": "c", "customer": "d"}', 400),
        ("POST", "application/json", b'{"customer": NaN}', 400),
        ("POST", "application/json", b"", 400),
        ("POST", "text/plain", b"{}", 415),
        ("POST", "application/json", b'{"points": 1}', 422),
        ("POST", "application/json", b'{"customer": "c", "points": "many"}', 422),
        ("GET", "application/json", b"", 405),
        ("PUT", "application/json", b"{}", 405),
        ("POST", "application/json", b'"' + b"x" * (1024 * 1024) + b'"', 413),
    ]
    for method, kind, body, wanted in cases:
        assert spoken(hookline, method, path, kind, body) == wanted, (method, kind, body[:60])
    assert spoken(hookline, "POST", "/beta/webhooks/custom/shop/nowhere", "application/json", b"{}") == 404
    assert spoken(hookline, "POST", "/beta/webhooks/custom/nobody/points", "application/json", b"{}") == 404
    outcomes = [each.outcome for each in hookline.records(hookline.topics.incoming_requests)]
    assert "accepted" not in outcomes


def spoken(hookline: Hookline, method: str, path: str, kind: str, body: bytes) -> int:
    """The status that raw bytes get."""
    host, _, port = hookline.settings.listen.partition(":")
    head = f"{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(f"{head}connection: close\r\n\r\n".encode() + body)
        return int(wire.recv(65536).split(b" ", 2)[1])
