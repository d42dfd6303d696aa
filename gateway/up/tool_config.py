"""How Apache's own tools get into a cluster that asks for a login: a properties file that is never on a disk."""

from __future__ import annotations

import os
import string
from collections.abc import Iterator
from pathlib import Path

from schemas.settings import Settings

__all__ = ["passed_on", "properties"]

PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation) - {"\\"}
LOGIN_MODULES = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}


def passed_on(settings: Settings) -> str:
    """The path of a file in memory that the process which takes this one's place still has open.

    Raises:
        OSError: a certificate or key cannot be read.
    """
    text = "".join(f"{name}={escaped(value)}\n" for name, value in properties(settings))
    descriptor = os.memfd_create("hookline-client.properties", 0)
    os.write(descriptor, text.encode("ascii"))
    os.set_inheritable(descriptor, True)
    return f"/proc/self/fd/{descriptor}"


def properties(settings: Settings) -> Iterator[tuple[str, str]]:
    """The settings of Kafka's Java clients that say the same as ours."""
    yield "security.protocol", settings.kafka_security_protocol
    if mechanism := settings.kafka_sasl_mechanism:
        user, password = settings.kafka_sasl_username, settings.kafka_sasl_password.get_secret_value()
        yield "sasl.mechanism", mechanism
        yield (
            "sasl.jaas.config",
            f"{LOGIN_MODULES[mechanism]} required username={quoted(user)} password={quoted(password)};",
        )
    if settings.kafka_ssl_ca_location:
        yield "ssl.truststore.type", "PEM"
        yield "ssl.truststore.location", settings.kafka_ssl_ca_location
    if settings.kafka_ssl_certificate_location:
        yield "ssl.keystore.type", "PEM"
        yield "ssl.keystore.certificate.chain", Path(settings.kafka_ssl_certificate_location).read_text("ascii")
        yield "ssl.keystore.key", Path(settings.kafka_ssl_key_location).read_text("ascii")
        if password := settings.kafka_ssl_key_password.get_secret_value():
            yield "ssl.key.password", password


def quoted(text: str) -> str:
    """A string of a JAAS configuration."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def escaped(text: str) -> str:
    """A value of a properties file; what is not printable ASCII, and backslashes, as java.util.Properties reads it."""
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(code) if chr(code) in PLAIN else f"\\u{code:04x}" for code in codes)
