"""A loop, a client of libcurl and servers that do whatever a test says: what every test of requests stands on."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from schemas.networks import parse_network
from streams.core.answer import Answer
from streams.edges.curl import Exchanges
from streams.edges.guard import Guard
from streams.edges.loop import Loop
from tests.streams.courier_values import a_request
from tests.streams.edges.raw_server import Handler, RawServer, read_request
from tests.waiting import eventually

__all__ = ["OK", "Bench", "a_bench", "hanging"]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Bench:
    """A loop, a client and the servers of one test."""

    def __init__(self, *allowed: str, certificates: str | None = None) -> None:
        self.loop = Loop()
        guard = Guard(map(parse_network, allowed))
        self.exchanges = Exchanges(self.loop, guard, most=10, certificates=certificates)
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

        eventually(look, what="the answer came")


@contextmanager
def a_bench(*allowed: str, certificates: str | None = None) -> Iterator[Bench]:
    """A bench for the length of a block; sites may have the addresses of these networks."""
    one = Bench(*allowed, certificates=certificates)
    try:
        yield one
    finally:
        for server in one.servers:
            server.close()
        one.exchanges.close()
        one.loop.close()


def hanging(server_of: Callable[[], RawServer], *before: bytes) -> Handler:
    """Says something, then nothing more."""

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        for data in before:
            connection.sendall(data)
        server_of().done.wait(60)

    return handler
