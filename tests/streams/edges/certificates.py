"""Certificates of a test: authorities, what they sign, and a server that shows it."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.streams.edges.bench import OK
from tests.streams.edges.raw_server import Handler, read_request

__all__ = ["HOST", "OTHER", "TRUSTED", "WRONG", "Authority", "Site", "Wrong", "pem_file"]

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
    """A new one, which signs itself."""
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
        """Reads one request and answers it."""

        def handle(connection: socket.socket) -> None:
            with self.context.wrap_socket(connection, server_side=True) as wrapped:
                if read_request(wrapped):
                    wrapped.sendall(OK)

        return handle


def pem_file(folder: Path, trusted: Authority) -> str:
    """The file of those that are trusted."""
    file = folder / "trusted.pem"
    file.write_bytes(trusted.certificate.public_bytes(serialization.Encoding.PEM))
    return str(file)


TRUSTED, OTHER = authority("trusted"), authority("other")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A certificate that is not good for `host`; `left` is how long it is still valid."""

    issuer: Authority | None = TRUSTED
    name: str = HOST
    left: timedelta = DAY
    host: str = HOST


WRONG = [
    pytest.param(Wrong(issuer=None), id="self-signed"),
    pytest.param(Wrong(issuer=OTHER), id="of an authority that nobody trusts"),
    pytest.param(Wrong(left=-DAY), id="expired"),
    pytest.param(Wrong(name="erp.example"), id="for another name"),
    pytest.param(Wrong(host="127.0.0.1"), id="for a name where an address is asked for"),
    pytest.param(Wrong(host=f"www.{HOST}"), id="for a name above"),
]
