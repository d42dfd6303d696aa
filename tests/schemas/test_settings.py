"""Settings: the environment in, values out; a wrong one names its variable; secrets are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.settings import Settings, host_and_port
from schemas.topics import Topics


def settings_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"HOOKLINE_{name}", value)
    return Settings()


def test_nothing_has_to_be_set() -> None:
    settings = Settings()
    assert settings.bootstrap_servers == settings.local_kafka_listen == "127.0.0.1:9092"
    assert settings.store_url == "sqlite:///.hookline/hookline.db"
    assert settings.retry_tiers == [10, 60, 300, 1800, 7200, 43200]
    assert settings.partitions == 12


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(
        monkeypatch,
        DATA_DIR="elsewhere",
        KAFKA_BOOTSTRAP_SERVERS="one:9092,two:9092",
        DATABASE_URL="sqlite:////elsewhere/views.db",
        MAX_BODY="64KiB",
        KAFKA_SECURITY_PROTOCOL="ssl",
        ALLOWED_NETWORKS="127.0.0.0/8, 127.0.0.1/32:8090",
        RETRY_TIERS="250ms,10s,1m",
        SECRET_KEYS="old, older",
    )
    assert settings.data_dir == Path("elsewhere")
    assert settings.bootstrap_servers == "one:9092,two:9092"
    assert settings.store_url == "sqlite:////elsewhere/views.db"
    assert settings.max_body == 65536
    assert settings.kafka_security_protocol == "SSL"
    assert [network.port for network in settings.allowed_networks] == [None, 8090]
    assert settings.retry_tiers == [0.25, 10, 60]
    assert [key.get_secret_value() for key in settings.secret_keys] == ["old", "older"]


def test_a_blank_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch, PARTITIONS="", ALLOWED_NETWORKS="", SECRET_KEY="")
    assert (settings.partitions, settings.allowed_networks, settings.secret_key) == (12, [], None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARTITIONS", "0", "partitions"),
        ("PARTITIONS", "many", "partitions"),
        ("ALLOWED_NETWORKS", "localhost", "is not a network such as"),
        ("RETRY_TIERS", "1m,10s", "each longer than the one before"),
        ("RETRY_TIERS", "10s,10s", "each longer than the one before"),
        ("RETRY_TIERS", "0s", "each longer than the one before"),
        ("RETRY_TIERS", ",", "at least one delay"),
        ("RETRY_TIERS", "soon", "is not a duration"),
        ("LOG_LEVEL", "LOUD", "log_level"),
        ("LISTEN", "8080", "is not an address and a port"),
        ("METRICS_LISTEN", "8080", "is not an address and a port"),
        ("KAFKA_SECURITY_PROTOCOL", "foo", "one of PLAINTEXT, SSL"),
        ("KAFKA_SASL_MECHANISM", "GSSAPI", "one of PLAIN, SCRAM"),
        ("DATABASE_URL", "mysql://x", "must name an SQLite file"),
        ("DATABASE_URL", "postgresql://me:p@ss@host/x", "write it as %40"),
        ("DATABASE_URL", "postgresql://me:pass@host:port/x", "a port that is no number"),
        ("SECRET_KEY", "short", "at least 16 characters"),
        ("MAX_BODY", "1MB", "is not a size such as"),
        ("TOPIC_PREFIX", "has blanks", "topic_prefix"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said) as caught:
        settings_of(monkeypatch, **{name: value})
    assert name.lower() in str(caught.value)
    assert "me:p" not in str(caught.value), "a password may stand in it"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "needs HOOKLINE_KAFKA_SASL_MECHANISM"),
        ({"KAFKA_SASL_MECHANISM": "PLAIN"}, "needs HOOKLINE_KAFKA_SECURITY_PROTOCOL"),
    ],
)
def test_half_a_login_is_refused(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings_of(monkeypatch, **variables)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("SECRET_KEY", "SECRET_KEYS", "OPERATOR_KEY", "KAFKA_SASL_PASSWORD")
    settings = settings_of(monkeypatch, **dict.fromkeys(names, "t0psecret, and long"))
    assert "t0psecret" not in repr(settings)
    assert "t0psecret" not in settings.model_dump_json()


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8080", ("::1", 8080)), ("localhost:0", ("localhost", 0))],
)
def test_an_address_and_a_port(text: str, expected: tuple[str, int]) -> None:
    assert host_and_port(text) == expected


@pytest.mark.parametrize("text", ["", "8080", ":8080", "host", "host:", "host:x", "host:65536", "host:-1", "::1x:80"])
def test_what_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address and a port such as"):
        host_and_port(text)


def test_the_topics_have_the_prefix_and_their_number_of_partitions() -> None:
    topics = Topics(Settings(topic_prefix="a.", partitions=5, retry_tiers=[10.0, 90.0]))
    found = {topic.name: topic for topic in topics.catalogue}
    assert set(topics.retries.values()) == {"a.retries.10s", "a.retries.90s"}
    assert all(name.startswith("a.") for name in found)
    ones = {"a.config", "a.operations"}
    assert {name for name, topic in found.items() if topic.partitions == 1} == ones
    assert {topic.partitions for name, topic in found.items() if name not in ones} == {5}


def test_logs_are_kept_for_90_days_and_the_configuration_for_ever() -> None:
    topics = Topics(Settings())
    retentions = {topic.name: topic.config["retention.ms"] for topic in topics.catalogue}
    assert retentions.pop(topics.config) == "-1"
    assert set(retentions.values()) == {"7776000000"}
    assert {topic.config["message.timestamp.type"] for topic in topics.catalogue} == {"LogAppendTime"}
