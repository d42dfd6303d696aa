"""Servers that behave in every way but well: each request ends in time, in bounded memory, with the right error."""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from schemas.records import AttemptError
from streams.core.answer import Answer
from streams.edges.curl_handle import MOST_BODY
from tests.streams.courier_values import a_request
from tests.streams.edges.bench import OK, Bench, a_bench, hanging
from tests.streams.edges.raw_server import Handler, RawServer, read_request


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench("127.0.0.0/8") as one:
        yield one


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
    assert 240_000 < answer.duration_us < 30_000_000, "not as long as the server hangs"


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


@pytest.mark.parametrize("data", [b"hello\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/9.9 200 OK\r\n\r\n"])
def test_what_is_not_http_is_a_protocol_error(bench: Bench, data: bytes) -> None:
    answer = bench.ask(bench.saying(data))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.PROTOCOL


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


def trickling(server_of: Callable[[], RawServer], data: bytes, size: int) -> Handler:
    """Says this again and again, a few bytes at a time."""

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        for piece in itertools.cycle(data[place : place + size] for place in range(0, len(data), size)):
            connection.sendall(piece)
            if server_of().done.wait(0.02):
                return

    return handler


@pytest.mark.parametrize(("data", "size"), [(b"HTTP/1.1 200" + b" " * 200, 1), (b"HTTP/1.1 200 OK\r\nX-A: b\r\n", 3)])
def test_a_head_that_trickles_in_does_not_stretch_the_deadline(bench: Bench, data: bytes, size: int) -> None:
    server = bench.server(trickling(lambda: server, data, size))
    answer = bench.ask(server, timeout=0.3)
    assert answer.fault is not None
    assert answer.fault.error in {AttemptError.TIMEOUT, AttemptError.PROTOCOL}
    assert answer.duration_us < 30_000_000


def test_a_site_that_reads_nothing_ends_at_its_deadline(bench: Bench) -> None:
    def handler(_: socket.socket) -> None:
        server.done.wait(60)

    server = bench.server(handler)
    answer = bench.ask(server, timeout=0.3, body=bytes(8 * 1024 * 1024))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TIMEOUT


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"


def test_a_storm_of_interim_answers_ends_in_little_memory_and_holds_up_nobody(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        read_request(connection)
        while not server.done.is_set():
            connection.sendall(INTERIM * 1000)

    server, other = bench.server(handler), bench.saying(OK)
    got: list[Answer] = []
    bench.exchanges.start(a_request(server.url, server.port, timeout=1.0), "127.0.0.1", got.append)
    assert bench.ask(other).succeeded, "while the storm goes on, or is over"
    bench.run_until(lambda: bool(got))
    (answer,) = got
    assert answer.fault is not None
    assert answer.fault.error in {AttemptError.TIMEOUT, AttemptError.PROTOCOL}
    assert len(answer.headers) <= 1, "what came before is let go of"
    assert answer.body == b""


def test_a_few_interim_answers_are_passed_over(bench: Bench) -> None:
    answer = bench.ask(bench.saying(INTERIM * 20 + OK))
    assert (answer.status, answer.succeeded, answer.headers) == (200, True, [["Content-Length", "2"]])


def resetting(after: int) -> Handler:
    """Reads so many bytes, then resets the connection."""

    def handler(connection: socket.socket) -> None:
        if after:
            connection.recv(after)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return handler


@pytest.mark.parametrize("after", [0, 1, 100])
def test_a_reset_before_the_message_was_read_is_one_failed_attempt(bench: Bench, after: int) -> None:
    server = bench.server(resetting(after))
    answer = bench.ask(server, body=bytes(4 * 1024 * 1024))
    assert answer.fault is not None
    assert answer.fault.error in {AttemptError.CONNECT, AttemptError.PROTOCOL}
    assert server.connections == 1


def test_an_answer_before_the_message_was_read_is_an_answer(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        while connection.recv(65536):
            pass

    answer = bench.ask(bench.server(handler), body=bytes(4 * 1024 * 1024))
    assert (answer.status, answer.succeeded) == (413, False)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 99999999999999999999\r\n\r\nok",
        b"Content-Length: -1\r\n\r\nok",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nok",
        b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\nok",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nok",
        b"Transfer-Encoding: gzip, nonsense\r\n\r\nok",
        b"X-A: b\x00c\r\n\r\nok",
        b": no name\r\nnocolon\r\n\r\nok",
        b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\nok",
    ],
)
def test_a_malformed_answer_is_an_answer_or_a_protocol_error_and_bounded(bench: Bench, head: bytes) -> None:
    answer = bench.ask(bench.saying(b"HTTP/1.1 200 OK\r\n" + head))
    if answer.fault is not None:
        assert answer.fault.error in {AttemptError.PROTOCOL, AttemptError.CONNECT}
    assert sum(len(name) + len(value) for name, value in answer.headers) <= 64 * 1024
    assert len(answer.body) <= MOST_BODY


def test_a_switch_of_protocols_that_nobody_asked_for_is_no_success(bench: Bench) -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    server = bench.server(hanging(lambda: server, switch))
    answer = bench.ask(server, timeout=0.5)
    assert not answer.succeeded


@pytest.mark.parametrize("encoding", [b"Content-Encoding: gzip", b"Transfer-Encoding: gzip", b"Content-Encoding: br"])
def test_a_bomb_is_never_blown_up(bench: Bench, encoding: bytes) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    answer = bench.ask(bench.saying(b"HTTP/1.1 200 OK\r\n" + encoding + b"\r\n\r\n" + bomb))
    assert len(answer.body) <= MOST_BODY
    assert answer.body in (b"", bomb[:MOST_BODY])


@pytest.mark.parametrize("later", [False, True])
def test_an_answer_to_nothing_is_not_taken_for_that_of_the_next_message(bench: Bench, later: bool) -> None:  # noqa: FBT001 - a column
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"

    def handler(connection: socket.socket) -> None:
        first = server.connections == 1
        while read_request(connection):
            connection.sendall(OK if later or not first else OK + forged)
            if later and first:
                connection.sendall(forged)
                sent.set()

    sent = threading.Event()
    server = bench.server(handler)
    assert bench.ask(server).body == b"ok"
    assert not later or sent.wait(60)
    assert bench.ask(server).body == b"ok"
