"""What is not HTTP, and how a gateway stops."""

from __future__ import annotations

import socket
import threading

import pytest

from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House
from tests.waiting import eventually

PATH = b"POST /beta/webhooks/custom/shop/points HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def said(house: House, data: bytes) -> bytes:
    """All that is answered until the gateway closes."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as wire:
        wire.sendall(data)
        received = b""
        while chunk := wire.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
        PATH + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        PATH + b"content-type: text/plain\r\ncontent-length: 2\r\n\r\n{}",
        b"POST /beta/webhooks/custom/shop/points?a=\xff HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_400_in_json(house: House, data: bytes) -> None:
    answer = said(house, data)
    assert b" 400 Bad Request\r\n" in answer
    assert b"Content-Type: application/json\r\n" in answer
    assert b"X-Content-Type-Options: nosniff\r\n" in answer
    assert b"aiohttp" not in answer
    assert house.requests == []


@pytest.mark.parametrize(
    "data",
    [
        PATH + b"authorization: Bearer " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /v1/shop/lookup?q=" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_a_line_of_the_head_that_is_too_long_is_431(house: House, data: bytes) -> None:
    answer = said(house, data)
    assert b" 431 Request Header Fields Too Large\r\n" in answer
    assert b"8,190 bytes" in answer


def test_a_body_in_chunks_is_read_whole(house: House) -> None:
    house.webhook()
    head = PATH + b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    assert said(house, head + b'9\r\n{"custome\r\nA\r\nr": "c-1"}\r\n0\r\n\r\n').startswith(b"HTTP/1.1 200 ")
    assert house.requests[0].body == b'{"customer": "c-1"}'


def test_the_rest_of_a_body_that_is_too_large_is_drained_for_a_moment(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.listening.DRAINED_FOR", 60.0)  # a moment of a slow machine
    house = make_house()
    house.webhook()
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as wire:
        wire.sendall(PATH + b"content-length: 3000000\r\n\r\n" + bytes(100_000))
        assert wire.recv(65536).startswith(b"HTTP/1.1 413 ")
        wire.sendall(bytes(2_900_000))
        wire.sendall(PATH + b"connection: close\r\ncontent-length: 2\r\n\r\n{}")
        assert wire.recv(65536).startswith(b"HTTP/1.1 422 "), "the connection can be used again"


def test_a_request_that_waits_for_kafka_is_answered_at_the_stop(house: House) -> None:
    house.webhook()
    asked = house.log.asked
    house.log.slow = True
    body = b'{"customer": "c-1"}'
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as wire:
        wire.sendall(PATH + b"content-length: %d\r\n\r\n" % len(body) + body)
        eventually(lambda: house.log.asked > asked, what="it waits for Kafka")
        stopping = threading.Thread(target=house.stop)
        stopping.start()
        eventually(lambda: not house.accepts(), what="nothing more is accepted")
        house.log.slow = False
        assert wire.recv(65536).startswith(b"HTTP/1.1 200 ")
    stopping.join(60)
    assert len(house.requests) == 1
