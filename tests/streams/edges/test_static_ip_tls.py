"""Sites with TLS behind the operator's proxy: proven end to end, and the proxy sees no message."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.proxies import parse_proxy
from schemas.records import AttemptError
from streams.core.answer import Answer
from streams.edges.curl import Exchanges
from streams.edges.guard import Guard
from streams.edges.loop import Loop
from streams.edges.static_ip import StaticIp
from tests.connect_proxy import ESTABLISHED, ConnectProxy
from tests.streams.courier_values import a_request
from tests.streams.edges.certificates import HOST, OTHER, TRUSTED, WRONG, Site, Wrong, pem_file
from tests.streams.edges.raw_server import Handler, RawServer
from tests.waiting import eventually

Serve = Callable[[Handler], RawServer]


class Names:
    """Every name is this machine."""

    def resolve(self, _host: str, then: Callable[[tuple[str, ...]], None]) -> None:
        then(("127.0.0.1",))

    def forget(self, _host: str, _then: Callable[[tuple[str, ...]], None]) -> None: ...


class Bench:
    """A client that goes through a proxy and may itself dial nothing."""

    def __init__(self, port: int, certificates: str) -> None:
        proxy = parse_proxy(f"http://proxy.example:{port}")
        self.loop, self.closed = Loop(), False
        self.exchanges = Exchanges(self.loop, Guard(()), most=10, certificates=certificates, proxy=proxy)
        self.client = StaticIp(self.loop, self.exchanges, Names(), proxy)

    def ask(self, port: int, host: str = HOST) -> Answer:
        got: list[Answer] = []
        request = a_request(f"https://{host}:{port}/hook", port, proxied=True)
        self.client.start(request, "127.0.0.1", got.append)

        def look() -> bool:
            self.loop.run_once(0.01)
            return bool(got)

        eventually(look, what="the answer came")
        return got[0]

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.exchanges.close()
            self.loop.close()


MakeBench = Callable[[int], Bench]


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    with ConnectProxy() as one:
        yield one


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(port: int) -> Bench:
        made.append(one := Bench(port, pem_file(tmp_path, TRUSTED)))
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[RawServer] = []

    def start(handler: Handler) -> RawServer:
        made.append(server := RawServer(handler))
        return server

    yield start
    for server in made:
        server.close()


def test_a_site_with_tls_is_reached_through_the_proxy_which_sees_no_message(
    make_bench: MakeBench, serve: Serve, proxy: ConnectProxy, tmp_path: Path
) -> None:
    server = serve(Site(tmp_path, TRUSTED).handler())
    bench = make_bench(proxy.port)
    answer = bench.ask(server.port)
    bench.close()
    assert answer.succeeded
    assert answer.timings.tls is not None
    assert proxy.asked == [f"127.0.0.1:{server.port}"], "the address that was checked, not the name"
    passed = eventually(lambda: b"".join(proxy.passed), what="the tunnel has ended")
    assert len(passed) > 100
    for word in (b"POST", b"webhook-id", b"evt_1"):
        assert word not in passed


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_proves_nothing_is_a_tls_error_behind_the_proxy_too(
    make_bench: MakeBench, serve: Serve, proxy: ConnectProxy, tmp_path: Path, wrong: Wrong
) -> None:
    site, read = Site(tmp_path, wrong.issuer, wrong.name, wrong.left), []

    def handle(connection: socket.socket) -> None:
        with site.context.wrap_socket(connection, server_side=True) as wrapped:
            read.append(wrapped.recv(65536))

    server = serve(handle)
    answer = make_bench(proxy.port).ask(server.port, wrong.host)
    assert answer.fault is not None
    assert (answer.fault.error, answer.status) == (AttemptError.TLS, None)
    assert proxy.asked == [f"127.0.0.1:{server.port}"]
    assert not any(read)


def test_a_proxy_that_answers_in_the_site_s_place_gets_no_message(
    make_bench: MakeBench, serve: Serve, tmp_path: Path
) -> None:
    pretended, read = Site(tmp_path, OTHER), []

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(ESTABLISHED)
        with pretended.context.wrap_socket(connection, server_side=True) as wrapped:
            read.append(wrapped.recv(65536))

    answer = make_bench(serve(handle).port).ask(443)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TLS
    assert not any(read)
