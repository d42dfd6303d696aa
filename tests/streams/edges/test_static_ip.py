"""Requests through the operator's proxy: a tunnel to the address that was checked, and nothing else for the proxy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schemas.networks import parse_network
from schemas.proxies import Proxy, parse_proxy
from schemas.records import AttemptError
from streams.core.answer import Answer
from streams.edges.curl import Exchanges
from streams.edges.guard import Guard
from streams.edges.loop import Loop
from streams.edges.static_ip import StaticIp
from tests.connect_proxy import ConnectProxy
from tests.streams.courier_values import a_request
from tests.streams.edges.raw_server import RawServer, read_request
from tests.waiting import eventually, free_port

OK = b"HTTP/1.1 200 OK\r\nX-Site: yes\r\nContent-Length: 2\r\n\r\nok"


class Bench:
    """A loop, a client with a proxy, and names as a test has them."""

    def __init__(self, proxy: Proxy, *allowed: str) -> None:
        self.loop = Loop()
        guard = Guard(map(parse_network, allowed))
        self.exchanges = Exchanges(self.loop, guard, most=10, proxy=proxy)
        self.names: dict[str, tuple[str, ...]] = {proxy.host: ("127.0.0.1",)}
        self.client = StaticIp(self.loop, self.exchanges, self, proxy)

    def resolve(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None:
        if host in self.names:
            then(self.names[host])

    def forget(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None:
        assert callable(then)
        assert host not in self.names

    def ask(self, url: str, port: int, *, ip: str = "127.0.0.1", **fields: Any) -> Answer:
        got: list[Answer] = []
        self.client.start(a_request(url, port, **({"proxied": True} | fields)), ip, got.append)

        def look() -> bool:
            self.loop.run_once(0.01)
            return bool(got)

        eventually(look, what="the answer came")
        return got[0]

    def close(self) -> None:
        self.exchanges.close()
        self.loop.close()


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    with ConnectProxy() as one:
        yield one


@pytest.fixture
def site() -> Iterator[RawServer]:
    def handler(connection: Any) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            connection.sendall(OK)

    server = RawServer(handler)
    yield server
    server.close()


def bench_for(proxy: ConnectProxy, *allowed: str, credentials: str = "", host: str = "proxy.example") -> Bench:
    return Bench(parse_proxy(f"http://{credentials}{host}:{proxy.port}"), *allowed)


@pytest.fixture
def bench(proxy: ConnectProxy) -> Iterator[Bench]:
    one = bench_for(proxy)
    yield one
    one.close()


def test_the_proxy_is_asked_for_the_address_that_was_checked(
    bench: Bench, proxy: ConnectProxy, site: RawServer
) -> None:
    answer = bench.ask(f"http://rebinding.invalid:{site.port}/hook", site.port)
    assert answer.succeeded
    assert proxy.asked == [f"127.0.0.1:{site.port}"]
    assert (answer.body, answer.headers) == (b"ok", [["X-Site", "yes"], ["Content-Length", "2"]])
    assert answer.remote_ip == "127.0.0.1"
    assert b"Host: rebinding.invalid" in site.requests[0]


def test_headers_of_the_message_are_not_for_the_proxy(bench: Bench, proxy: ConnectProxy, site: RawServer) -> None:
    headers = [["Host", "crm.example"], ["Authorization", "Basic c2VjcmV0"], ["webhook-id", "dlv_1"]]
    assert bench.ask(site.url, site.port, headers=headers).succeeded
    assert b"Authorization: Basic c2VjcmV0" in site.requests[0]
    for word in ("authorization", "webhook-id", "crm.example"):
        assert word not in proxy.heads[0].lower()


def test_the_proxy_s_own_credentials_are_for_it_alone(proxy: ConnectProxy, site: RawServer) -> None:
    bench = bench_for(proxy, credentials="operator:p%40ss:w%C3%B6rd@")
    assert bench.ask(site.url, site.port).succeeded
    assert "Proxy-Authorization: Basic b3BlcmF0b3I6cEBzczp3w7ZyZA==" in proxy.heads[0]
    assert b"proxy-" not in site.requests[0].lower()
    bench.close()


def test_a_tunnel_is_used_again_and_direct_requests_take_none(proxy: ConnectProxy, site: RawServer) -> None:
    bench = bench_for(proxy, "127.0.0.0/8")
    for proxied in (True, False, True, False):
        assert bench.ask(site.url, site.port, proxied=proxied).succeeded
    assert len(proxy.asked) == 1
    assert site.connections == 2
    bench.close()


def test_a_method_is_that_of_its_request_alone(site: RawServer, proxy: ConnectProxy) -> None:
    bench = bench_for(proxy, "127.0.0.0/8")
    for method in ("POST", "PUT", "PUT", "POST"):
        assert bench.ask(site.url, site.port, proxied=False, method=method).succeeded
    assert [request.split(b" ")[0] for request in site.requests] == [b"POST", b"PUT", b"PUT", b"POST"]
    assert all(request.endswith(b'{"id":"evt_1"}') for request in site.requests)
    bench.close()


def test_a_direct_request_is_judged_though_there_is_a_proxy(bench: Bench, proxy: ConnectProxy, site: RawServer) -> None:
    answer = bench.ask(site.url, site.port, proxied=False)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.FORBIDDEN_ADDRESS
    assert (site.connections, proxy.heads) == (0, [])


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses_is_a_failed_connection(site: RawServer, status: int) -> None:
    with ConnectProxy(status) as proxy:
        bench = bench_for(proxy)
        answer = bench.ask(site.url, site.port)
        bench.close()
    assert answer.fault is not None
    assert (answer.fault.error, answer.status) == (AttemptError.CONNECT, None)
    assert str(status) in answer.fault.detail
    assert (answer.headers, answer.body) == ([], b"")


def test_a_proxy_that_is_not_there_is_a_failed_connection(site: RawServer) -> None:
    bench = Bench(parse_proxy(f"http://127.0.0.1:{free_port()}"))
    answer = bench.ask(site.url, site.port)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.CONNECT
    bench.close()


@pytest.mark.parametrize(("found", "why"), [((), "has no address"), (None, "was not resolved in time")])
def test_a_proxy_whose_name_gives_nothing_is_a_failed_connection(
    bench: Bench, site: RawServer, found: tuple[str, ...] | None, why: str
) -> None:
    del bench.names["proxy.example"]
    if found is not None:
        bench.names["proxy.example"] = found
    answer = bench.ask(site.url, site.port, timeout=0.2)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.CONNECT
    assert answer.fault.detail == f"the proxy with the static IP, proxy.example, {why}"


def test_the_proxies_of_the_environment_are_ignored(
    bench: Bench, proxy: ConnectProxy, site: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ConnectProxy() as other:
        for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other.url)
        monkeypatch.setenv("no_proxy", "*")
        assert bench.ask(site.url, site.port).succeeded
        assert (len(proxy.heads), other.heads) == (1, [])
