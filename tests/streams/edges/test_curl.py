"""Requests over real sockets to servers that behave in every way but well."""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schemas.networks import parse_network
from schemas.records import AttemptError
from streams.core.answer import Answer
from streams.edges.curl import Exchanges
from streams.edges.curl_handle import MOST_BODY
from streams.edges.guard import Guard
from streams.edges.loop import Loop
from tests.streams.courier_values import a_request
from tests.streams.edges.raw_server import Handler, RawServer, read_request
from tests.waiting import eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Bench:
    """A loop, a client and the servers of one test."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.exchanges = Exchanges(self.loop, Guard([parse_network("127.0.0.0/8")]), most=10)
        self.servers: list[RawServer] = []

    def server(self, handler: Handler) -> RawServer:
        self.servers.append(server := RawServer(handler))
        return server

    def saying(self, data: bytes) -> RawServer:
        """A server that reads a request, says this and closes."""

        def handler(connection: socket.socket) -> None:
            server.requests.append(read_request(connection))
            connection.sendall(data)

        server = self.server(handler)
        return server

    def ask(self, server: RawServer, *, ip: str = "127.0.0.1", **fields: Any) -> Answer:
        """One request and its answer."""
        got: list[Answer] = []
        self.exchanges.start(a_request(fields.pop("url", server.url), server.port, **fields), ip, got.append)
        self.run_until(lambda: bool(got))
        return got[0]

    def run_until(self, condition: Callable[[], bool]) -> None:
        def look() -> bool:
            self.loop.run_once(0.01)
            return condition()

        eventually(look, within=10, what="the answer came")


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    for server in one.servers:
        server.close()
    one.exchanges.close()
    one.loop.close()


def test_a_request_arrives_as_it_was_made(bench: Bench) -> None:
    server = bench.saying(OK)
    answer = bench.ask(server)
    assert answer.succeeded
    assert (answer.status, answer.body, answer.headers) == (200, b"ok", [["Content-Length", "2"]])
    assert answer.remote_ip == "127.0.0.1"
    assert answer.timings.connect is not None
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /hook HTTP/1.1"
    assert b"webhook-id: dlv_1" in head
    assert b"Expect" not in head
    assert b"Accept-Encoding" not in head
    assert body == b'{"id":"evt_1"}'


@pytest.mark.parametrize("status", [100, 103])
def test_an_interim_answer_is_not_the_answer(bench: Bench, status: int) -> None:
    answer = bench.ask(bench.saying(f"HTTP/1.1 {status} Continue\r\nX-Early: 1\r\n\r\n".encode() + OK))
    assert (answer.status, answer.headers) == (200, [["Content-Length", "2"]])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(bench: Bench, status: int) -> None:
    target = bench.saying(OK)
    location = f"HTTP/1.1 {status} Moved\r\nLocation: {target.url}\r\nContent-Length: 0\r\n\r\n"
    answer = bench.ask(bench.saying(location.encode()))
    assert (answer.status, answer.succeeded, answer.fault) == (status, False, None)
    assert target.connections == 0


@pytest.mark.parametrize("status", [200, 204, 299, 300, 400, 410, 500, 599])
def test_only_2xx_is_success(bench: Bench, status: int) -> None:
    body = b"" if status == 204 else b"Content-Length: 0\r\n"
    answer = bench.ask(bench.saying(f"HTTP/1.1 {status} X\r\n".encode() + body + b"\r\n"))
    assert answer.succeeded == (200 <= status < 300)


def hanging(server_of: Callable[[], RawServer], *before: bytes) -> Handler:
    """Says something, then nothing more."""

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        for data in before:
            connection.sendall(data)
        server_of().done.wait(30)

    return handler


@pytest.mark.parametrize(
    "before", [[], [b"HTTP/1.1 200 OK\r\n"], [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]]
)
def test_the_timeout_is_a_total_deadline(bench: Bench, before: list[bytes]) -> None:
    server = bench.server(hanging(lambda: server, *before))
    answer = bench.ask(server, timeout=0.25)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TIMEOUT
    assert answer.fault.detail == "no complete answer within 0.25 s"
    assert not answer.succeeded, "though the status may have been 200"
    assert 240_000 < answer.duration_us < 2_000_000


def test_a_body_that_trickles_in_does_not_stretch_the_deadline(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.done.wait(0.05):
            connection.sendall(b"x")

    server = bench.server(handler)
    answer = bench.ask(server, timeout=0.3)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TIMEOUT


def test_an_endless_body_is_cut_and_keeps_its_status(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    answer = bench.ask(bench.server(handler))
    assert answer.succeeded
    assert answer.truncated
    assert answer.body == b"x" * MOST_BODY


def test_a_body_of_exactly_the_limit_is_whole(bench: Bench) -> None:
    answer = bench.ask(bench.saying(b"HTTP/1.1 500 X\r\nContent-Length: 65536\r\n\r\n" + b"x" * MOST_BODY))
    assert (len(answer.body), answer.truncated, answer.status, answer.fault) == (MOST_BODY, False, 500, None)


def test_an_answer_that_ends_early_is_no_success(bench: Bench) -> None:
    answer = bench.ask(bench.saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.PROTOCOL
    assert (answer.status, answer.body) == (200, b"half")


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_connection_that_is_closed_or_reset_is_no_success(bench: Bench, data: bytes) -> None:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close resets

    server = bench.server(handler)
    answer = bench.ask(server)
    assert answer.fault is not None
    assert answer.fault.error in {AttemptError.CONNECT, AttemptError.PROTOCOL}
    assert server.connections == 1, "it is not tried again behind our back"


def test_a_port_that_nobody_listens_on_is_refused(bench: Bench) -> None:
    server = bench.saying(OK)
    server.close()
    answer = bench.ask(server)
    assert answer.fault is not None
    assert (answer.fault.error, answer.status) == (AttemptError.CONNECT, None)
    bench.servers.remove(server)


@pytest.mark.parametrize("data", [b"hello\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/9.9 200 OK\r\n\r\n"])
def test_what_is_not_http_is_a_protocol_error(bench: Bench, data: bytes) -> None:
    answer = bench.ask(bench.saying(data))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.PROTOCOL


def test_a_site_that_speaks_no_tls_is_a_tls_error(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = bench.server(handler)
    answer = bench.ask(server, url=f"https://127.0.0.1:{server.port}/")
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TLS


def test_a_flood_of_headers_is_bounded(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in itertools.count():
            connection.sendall(b"X-%d: %s\r\n" % (number, b"y" * 1000))

    answer = bench.ask(bench.server(handler))
    assert not answer.succeeded
    assert sum(len(name) + len(value) for name, value in answer.headers) <= 64 * 1024


def test_many_headers_are_kept_up_to_a_limit_and_marked(bench: Bench) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(100))
    answer = bench.ask(bench.saying(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 2\r\n\r\nok"))
    assert answer.succeeded
    assert answer.truncated
    assert 60 < len(answer.headers) < 66


def test_a_compressed_body_is_kept_as_it_came(bench: Bench) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    answer = bench.ask(bench.saying(head.encode() + bomb))
    assert answer.succeeded
    assert answer.body == bomb


def test_connections_are_used_again(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(OK)

    server = bench.server(handler)
    for _ in range(5):
        assert bench.ask(server).succeeded
    assert server.connections == 1


def test_a_message_is_not_sent_again_when_a_reused_connection_dies(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        server.requests.append(read_request(connection))
        connection.sendall(OK)
        server.requests.append(read_request(connection))  # and closed without an answer

    server = bench.server(handler)
    assert bench.ask(server).succeeded
    answer = bench.ask(server)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.CONNECT
    assert len(server.requests) == 2
    assert server.connections == 1


def test_a_large_body_is_sent_whole(bench: Bench) -> None:
    server = bench.saying(OK)
    body = bytes(range(256)) * 8192
    assert bench.ask(server, body=body).succeeded
    assert server.requests[0].partition(b"\r\n\r\n")[2] == body


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_ignored(bench: Bench, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    proxy = bench.saying(OK)
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    server = bench.saying(OK)
    assert bench.ask(server).succeeded
    assert (proxy.connections, server.connections) == (0, 1)


def test_the_name_in_the_url_is_not_resolved_again(bench: Bench) -> None:
    server = bench.saying(OK)
    answer = bench.ask(server, url=f"http://rebinding.invalid:{server.port}/hook")
    assert answer.succeeded
    assert b"Host: rebinding.invalid" in server.requests[0]


def test_the_address_is_checked_once_more_at_the_dial() -> None:
    one = Bench()
    one.exchanges = Exchanges(one.loop, Guard([]), most=10)
    server = one.saying(OK)
    answer = one.ask(server)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.FORBIDDEN_ADDRESS
    assert server.connections == 0
    server.close()
    one.exchanges.close()
    one.loop.close()


def test_requests_run_side_by_side(bench: Bench) -> None:
    slow = bench.server(hanging(lambda: slow))
    fast = bench.saying(OK)
    got: list[Answer] = []
    for _ in range(5):
        bench.exchanges.start(a_request(slow.url, slow.port, timeout=3.0), "127.0.0.1", lambda _: None)
    bench.exchanges.start(a_request(fast.url, fast.port), "127.0.0.1", got.append)
    bench.run_until(lambda: bool(got))
    assert got[0].succeeded
    assert len(bench.exchanges) == 5
    bench.exchanges.abandon()
    assert len(bench.exchanges) == 0
