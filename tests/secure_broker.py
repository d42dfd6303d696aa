"""A local Kafka reached by TLS with a login, PLAIN or SCRAM; certificates are made for it, and ours is wanted too."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import subprocess
from pathlib import Path

from confluent_kafka.admin import AdminClient, ScramMechanism, UserScramCredentialUpsertion
from confluent_kafka.admin import ScramCredentialInfo as ScramInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.up import local_kafka
from tests.broker import START, Broker
from tests.waiting import eventually, free_port

__all__ = ["PASSWORD", "USER", "SecureBroker"]

USER, PASSWORD = "hookline", 'pass"word\\1'
LOGIN = "org.apache.kafka.common.security"
JAAS_PASSWORD = PASSWORD.replace("\\", "\\\\").replace('"', '\\"').replace("\\", "\\\\")
PROPERTIES = f"""
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config={LOGIN}.plain.PlainLoginModule required user_{USER}="{JAAS_PASSWORD}";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={LOGIN}.scram.ScramLoginModule required;
listener.name.sasl_ssl.ssl.client.auth=required
ssl.keystore.type=PEM
ssl.keystore.location=broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=ca.pem
"""


class SecureBroker(Broker):
    """`bootstrap` is the SASL_SSL listener; `plain` another for whoever sets it up. Certificates lie in its folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.plain = f"127.0.0.1:{free_port()}"
        self.ca, self.certificate, self.key = (folder / "kafka" / name for name in ("ca.pem", "client.pem", "key.pem"))

    def start(self) -> None:
        """Start it, and make its user."""
        home = self.folder / "kafka"
        command = local_kafka.prepare(self.folder, self.plain)
        make_certificates(home)
        properties = (home / "server.properties").read_text("utf-8")
        plain, both = f"PLAINTEXT://{self.plain}", f"PLAINTEXT://{self.plain},SASL_SSL://{self.bootstrap}"
        (home / "server.properties").write_text(properties.replace(plain, both) + PROPERTIES, "utf-8")
        with (self.folder / "console.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=home, env=os.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        admin = AdminClient({"bootstrap.servers": self.plain, "log_level": 0, "reconnect.backoff.max.ms": 100})
        eventually(lambda: self.answers(admin), within=START, what="the broker answers")
        login = UserScramCredentialUpsertion(USER, ScramInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD.encode())
        admin.alter_user_scram_credentials([login])[USER].result(60)

    def settings(self, mechanism: str) -> dict[str, object]:
        """What Hookline has to know to get in."""
        return {
            "kafka_bootstrap_servers": self.bootstrap,
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": mechanism,
            "kafka_sasl_username": USER,
            "kafka_sasl_password": PASSWORD,
            "kafka_ssl_ca_location": str(self.ca),
            "kafka_ssl_certificate_location": str(self.certificate),
            "kafka_ssl_key_location": str(self.key),
        }


def make_certificates(folder: Path) -> None:
    """`ca.pem`; `broker.pem` with its key; `client.pem` and `key.pem`."""
    authority = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of a test")])
    root = certificate(name, name, authority.public_key(), authority, authority=True)
    (folder / "ca.pem").write_bytes(pem(root))
    for who in ("broker", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        signed = certificate(subject, name, key.public_key(), authority, authority=False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{who}.pem").write_bytes(pem(signed) + (private if who == "broker" else b""))
        (folder / "key.pem").write_bytes(private)


def certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    signer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(signer_id, critical=False)
        .add_extension(key_usage(authority=authority), critical=True)
    )
    return builder.add_extension(address, critical=False).sign(signer, hashes.SHA256())


def key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)
