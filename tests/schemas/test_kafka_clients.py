"""The settings that every Kafka client shares, and headers as any producer may write them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from schemas.kafka_clients import client_config, consumer_config, headers_of
from schemas.settings import Settings


def broken() -> Any:
    raise SystemError


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (lambda: None, []),
        (list, []),
        (lambda: [("a", b"1"), ("a", None)], [("a", b"1"), ("a", None)]),
        (broken, []),
    ],
)
def test_headers_are_given_and_never_stop_a_consumer(headers: Any, found: list[Any]) -> None:
    assert headers_of(SimpleNamespace(headers=headers)) == found


def test_a_cluster_without_credentials_needs_only_its_address() -> None:
    config = client_config(Settings(kafka_bootstrap_servers="one:9092,two:9092"), "x")
    assert config["bootstrap.servers"] == "one:9092,two:9092"
    assert not [name for name in config if name.startswith(("sasl.", "ssl.", "security."))]


def test_credentials_and_certificates_go_to_every_client() -> None:
    settings = Settings.model_validate(
        {
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": "u",
            "kafka_sasl_password": "p",
            "kafka_ssl_ca_location": "/etc/ca.pem",
            "kafka_ssl_certificate_location": "/etc/us.pem",
            "kafka_ssl_key_location": "/etc/us.key",
            "kafka_ssl_key_password": "k",
        }
    )
    config = consumer_config(settings, "x", "group")
    assert config["security.protocol"] == "SASL_SSL"
    assert (config["sasl.mechanism"], config["sasl.username"], config["sasl.password"]) == ("SCRAM-SHA-512", "u", "p")
    assert {name: value for name, value in config.items() if name.startswith("ssl.")} == {
        "ssl.ca.location": "/etc/ca.pem",
        "ssl.certificate.location": "/etc/us.pem",
        "ssl.key.location": "/etc/us.key",
        "ssl.key.password": "k",
    }
    assert (config["group.id"], config["enable.auto.commit"]) == ("group", False)


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(ValueError, match="go together"):
        Settings(kafka_ssl_certificate_location="/etc/us.pem")
