"""Sites that speak TLS: only a certificate for the name, valid now, by an authority that is trusted, will do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.records import AttemptError
from streams.core.answer import Answer
from tests.streams.edges.bench import Bench, a_bench
from tests.streams.edges.certificates import HOST, TRUSTED, WRONG, Site, Wrong, pem_file
from tests.streams.edges.raw_server import RawServer


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A client that trusts one authority."""
    with a_bench("127.0.0.0/8", certificates=pem_file(tmp_path, TRUSTED)) as one:
        yield one


def ask(bench: Bench, server: RawServer, host: str = HOST) -> Answer:
    return bench.ask(server, url=f"https://{host}:{server.port}/hook", timeout=30.0)


def test_a_valid_certificate_is_taken(bench: Bench, tmp_path: Path) -> None:
    answer = ask(bench, bench.server(Site(tmp_path, TRUSTED).handler()))
    assert answer.succeeded
    assert answer.timings.tls is not None


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_proves_nothing_is_a_tls_error_and_no_message_is_sent(
    bench: Bench, tmp_path: Path, wrong: Wrong
) -> None:
    site = Site(tmp_path, wrong.issuer, wrong.name, wrong.left)

    def handle(connection: socket.socket) -> None:
        with site.context.wrap_socket(connection, server_side=True) as wrapped:
            server.requests.append(wrapped.recv(65536))

    server = bench.server(handle)
    answer = ask(bench, server, wrong.host)
    assert answer.fault is not None
    assert (answer.fault.error, answer.status) == (AttemptError.TLS, None)
    assert not any(server.requests)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_of_yesterday_is_a_tls_error(bench: Bench, tmp_path: Path) -> None:
    site = Site(tmp_path, TRUSTED)
    site.context.minimum_version = site.context.maximum_version = ssl.TLSVersion.TLSv1_1
    answer = ask(bench, bench.server(site.handler()))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TLS


def test_a_handshake_that_hangs_ends_at_the_deadline(bench: Bench) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        server.done.wait(60)

    server = bench.server(handle)
    answer = bench.ask(server, url=f"https://{HOST}:{server.port}/hook", timeout=0.3)
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TIMEOUT


def test_a_site_that_speaks_no_tls_is_a_tls_error(bench: Bench) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    answer = ask(bench, bench.server(handle))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TLS


def test_the_certificates_of_browsers_are_the_default(tmp_path: Path) -> None:
    with a_bench("127.0.0.0/8") as bench:
        answer = ask(bench, bench.server(Site(tmp_path, TRUSTED).handler()))
    assert answer.fault is not None
    assert answer.fault.error is AttemptError.TLS
