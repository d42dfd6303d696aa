"""Sites that speak TLS: only a certificate for the name, valid now, by an authority that is trusted, will do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from schemas.records import AttemptError
from streams.core.answer import Answer
from tests.streams.edges.bench import OK, Bench, a_bench
from tests.streams.edges.raw_server import Handler, RawServer, read_request

HOST = "crm.example"
DAY = timedelta(days=1)
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: Authority | None, *, until: datetime, ca: bool
) -> x509.Certificate:
    """Signed by the issuer, or by itself."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(issuer.certificate.subject if issuer else named(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 10 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    )
    return builder.sign(issuer.key if issuer else key, hashes.SHA256())


def authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(certificate(name, key, None, until=NOW + DAY, ca=True), key)


class Site:
    """A server with a certificate; answers 200 once TLS stands."""

    def __init__(self, folder: Path, issuer: Authority | None, name: str = HOST, until: timedelta = DAY) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificate(name, key, issuer, until=NOW + until, ca=False)
        file = folder / f"{made.serial_number}.pem"
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = serialization.Encoding.PEM
        file.write_bytes(key.private_bytes(pem, *form) + made.public_bytes(pem))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(file)

    def handler(self) -> Handler:
        def handle(connection: socket.socket) -> None:
            with self.context.wrap_socket(connection, server_side=True) as wrapped:
                if read_request(wrapped):
                    wrapped.sendall(OK)

        return handle


TRUSTED, OTHER = authority("trusted"), authority("other")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A client that trusts one authority."""
    file = tmp_path / "trusted.pem"
    file.write_bytes(TRUSTED.certificate.public_bytes(serialization.Encoding.PEM))
    with a_bench("127.0.0.0/8", certificates=str(file)) as one:
        yield one


def ask(bench: Bench, server: RawServer, host: str = HOST) -> Answer:
    return bench.ask(server, url=f"https://{host}:{server.port}/hook", timeout=5.0)


def test_a_valid_certificate_is_taken(bench: Bench, tmp_path: Path) -> None:
    answer = ask(bench, bench.server(Site(tmp_path, TRUSTED).handler()))
    assert answer.succeeded
    assert answer.timings.tls is not None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A certificate that is not good for `host`; `left` is how long it is still valid."""

    issuer: Authority | None = TRUSTED
    name: str = HOST
    left: timedelta = DAY
    host: str = HOST


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(Wrong(issuer=None), id="self-signed"),
        pytest.param(Wrong(issuer=OTHER), id="of an authority that nobody trusts"),
        pytest.param(Wrong(left=-DAY), id="expired"),
        pytest.param(Wrong(name="erp.example"), id="for another name"),
        pytest.param(Wrong(host="127.0.0.1"), id="for a name where an address is asked for"),
        pytest.param(Wrong(host=f"www.{HOST}"), id="for a name above"),
    ],
)
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
        server.done.wait(30)

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
