"""How every role reaches Kafka: the settings of its clients, as librdkafka names them.

One place, so that a cluster's address and credentials hold for all.
"""

from __future__ import annotations

import logging
from typing import Any

from confluent_kafka import KafkaError

from schemas.settings import Settings

__all__ = ["client_config", "consumer_config", "headers_of", "unreachable"]

REASONS = {
    KafkaError._TRANSPORT: "no connection",  # noqa: SLF001 - librdkafka's public names
    KafkaError._ALL_BROKERS_DOWN: "no connection",  # noqa: SLF001
    KafkaError._TIMED_OUT: "no answer in time",  # noqa: SLF001
    KafkaError._RESOLVE: "the name is not known",  # noqa: SLF001
    KafkaError._AUTHENTICATION: "it refuses the login",  # noqa: SLF001
    KafkaError._SSL: "no TLS with it",  # noqa: SLF001
}


def client_config(settings: Settings, client_id: str) -> dict[str, Any]:
    """What librdkafka needs to reach the cluster, for producers, consumers and admin clients alike."""
    config: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "client.id": client_id,
        "logger": logging.getLogger("kafka"),
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 1000,
        "socket.keepalive.enable": True,
    }
    return config | security(settings)


def security(settings: Settings) -> dict[str, str]:
    """How a client proves itself to the cluster, and the cluster to it."""
    named = {
        "security.protocol": settings.kafka_security_protocol,
        "ssl.ca.location": settings.kafka_ssl_ca_location,
        "ssl.certificate.location": settings.kafka_ssl_certificate_location,
        "ssl.key.location": settings.kafka_ssl_key_location,
        "ssl.key.password": settings.kafka_ssl_key_password.get_secret_value(),
    }
    if settings.kafka_sasl_mechanism:
        named["sasl.mechanism"] = settings.kafka_sasl_mechanism
        named["sasl.username"] = settings.kafka_sasl_username
        named["sasl.password"] = settings.kafka_sasl_password.get_secret_value()
    return {name: value for name, value in named.items() if value}


def consumer_config(settings: Settings, client_id: str, group: str) -> dict[str, Any]:
    """A consumer that commits nothing by itself and starts at the beginning."""
    return client_config(settings, client_id) | {
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": 100,
        "fetch.message.max.bytes": 9 * 1024 * 1024,
        "queued.max.messages.kbytes": 32 * 1024,
        "enable.partition.eof": False,
        "allow.auto.create.topics": False,
    }


def unreachable(settings: Settings, error: KafkaError) -> str:
    """The one sentence with which every role and command says that Kafka does not answer."""
    where, setting = settings.bootstrap_servers, "HOOKLINE_KAFKA_BOOTSTRAP_SERVERS"
    remedy = (
        f"check {setting} and the cluster"
        if settings.kafka_bootstrap_servers
        else f"start `hookline up`, or set {setting}"
    )
    return f"Kafka does not answer at {where} ({REASONS.get(error.code(), error.str())}): {remedy}"


def headers_of(message: Any) -> list[tuple[str, bytes | None]]:
    """The headers of a message that a consumer gave; none where one has a name that is not UTF-8.

    The client raises SystemError for those, and any producer may write one.
    """
    try:
        return list(message.headers() or ())
    except SystemError:
        return []
