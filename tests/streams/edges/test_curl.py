"""Requests over real sockets: what goes out, what is taken for success, and what libcurl must not do by itself."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.records import AttemptError
from streams.core.answer import Answer
from tests.streams.courier_values import a_request
from tests.streams.edges.bench import OK, Bench, a_bench, hanging
from tests.streams.edges.raw_server import Handler, read_request


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench("127.0.0.0/8") as one:
        yield one


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


def test_a_port_that_nobody_listens_on_is_refused(bench: Bench) -> None:
    server = bench.saying(OK)
    server.close()
    answer = bench.ask(server)
    assert answer.fault is not None
    assert (answer.fault.error, answer.status) == (AttemptError.CONNECT, None)
    bench.servers.remove(server)


def test_connections_are_used_again(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(OK)

    server = bench.server(handler)
    for _ in range(5):
        assert bench.ask(server).succeeded
    assert server.connections == 1


def test_a_handle_that_is_used_again_takes_nothing_of_one_site_to_another(bench: Bench) -> None:
    def handler_of(name: str) -> Handler:
        def handler(connection: socket.socket) -> None:
            while data := read_request(connection):
                arrived.append((name, data))
                connection.sendall(OK)

        return handler

    arrived: list[tuple[str, bytes]] = []
    servers = {name: bench.server(handler_of(name)) for name in ("crm", "erp")}
    wanted = [("crm", "a", "PUT"), ("crm", "a", "PUT"), ("erp", "a", "POST"), ("crm", "b", "POST"), ("erp", "b", "PUT")]
    for name, path, method in wanted:  # one URL at two addresses, two URLs at one address
        body = b"" if name == "erp" else b"a secret of crm"
        given: dict[str, Any] = {"method": method, "body": body, "headers": [[f"x-{name}", f"a secret of {name}"]]}
        assert bench.ask(servers[name], url=f"http://site.invalid/{path}", **given).succeeded
    for (name, path, method), (where, data) in zip(wanted, arrived, strict=True):
        assert (where, data.split(b" HTTP")[0]) == (name, f"{method} /{path}".encode())
        assert f"x-{name}: a secret of {name}".encode() in data
        assert (b"crm" in data, b"erp" in data) == (name == "crm", name == "erp")


def test_what_came_in_for_a_request_that_is_broken_off_is_no_answer_to_the_next_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers are taken at the end of a turn; a partition may be lost before it, and the handle used again."""
    taking: list[Callable[[], None]] = []
    monkeypatch.setattr(bench.loop, "soon", taking.append)
    quick, slow = bench.saying(OK), bench.server(hanging(lambda: slow))
    got: list[Answer] = []
    break_off = bench.exchanges.start(a_request(quick.url, quick.port), "127.0.0.1", got.append)
    ((handle, _),) = bench.exchanges._busy.values()
    bench.run_until(lambda: handle._received == len(b"ok"))
    break_off()
    bench.exchanges.start(a_request(slow.url, slow.port), "127.0.0.1", got.append)
    ((again, _),) = bench.exchanges._busy.values()
    assert again is handle
    for take in taking:
        take()
    assert (got, len(bench.exchanges)) == ([], 1)


def test_a_connection_to_one_address_is_not_used_for_another(bench: Bench) -> None:
    def handler(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(OK)

    server = bench.server(handler)  # on 127.0.0.1 alone
    url = f"http://rebinding.invalid:{server.port}/hook"
    assert bench.ask(server, url=url).remote_ip == "127.0.0.1"
    answer = bench.ask(server, url=url, ip="127.0.0.2")
    assert answer.fault is not None
    assert (answer.fault.error, server.connections) == (AttemptError.CONNECT, 1)


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


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
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
    with a_bench() as one:
        server = one.saying(OK)
        answer = one.ask(server)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.FORBIDDEN_ADDRESS
    assert server.connections == 0


def test_requests_run_side_by_side(bench: Bench) -> None:
    slow = bench.server(hanging(lambda: slow))
    fast = bench.saying(OK)
    got: list[Answer] = []
    for _ in range(5):
        bench.exchanges.start(a_request(slow.url, slow.port, timeout=60.0), "127.0.0.1", lambda _: None)
    bench.exchanges.start(a_request(fast.url, fast.port), "127.0.0.1", got.append)
    bench.run_until(lambda: bool(got))
    assert got[0].succeeded
    assert len(bench.exchanges) == 5
    bench.exchanges.abandon()
    assert len(bench.exchanges) == 0


def test_credentials_of_a_netrc_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("machine 127.0.0.1 login operator password s3cret\ndefault login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with a_bench("127.0.0.0/8") as bench:
        server = bench.saying(OK)
        assert bench.ask(server).succeeded
    assert b"authorization" not in server.requests[0].lower()
