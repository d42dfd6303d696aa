"""Every setting of every role, in one place, with its default.

Read from `HOOKLINE_*` in the entry points only; everything else takes a `Settings` value.
"""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.durations import parse_duration
from schemas.networks import LAST_PORT, AllowedNetwork, parse_network
from schemas.proxies import Proxy, parse_proxy
from schemas.sizes import parse_size

__all__ = ["Settings"]

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SHORTEST_SECRET = 16  # characters
PORT = re.compile(r"://(?:[^@]*@)?[^@/?]*:([^:@/?\]]*)(?:[/?]|$)")  # of a database's URL
STORE = re.compile(r"sqlite(\+pysqlite)?:///.+|postgres(ql)?(\+psycopg)?://.+")


def words(text: Any) -> Any:
    """Split a comma-separated setting; anything but text passes through."""
    if isinstance(text, str):
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


class Settings(BaseSettings):
    """The settings of one process; times in seconds, sizes in bytes.

    Raises:
        pydantic.ValidationError: a value is not of its form; the message names the variable.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOOKLINE_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a password may stand in it
    )

    data_dir: Path = Field(Path(".hookline"), description="local Kafka's data, SQLite file, generated keys")
    listen: str = Field("127.0.0.1:8080", description="address and port of the gateway")
    public_url: str = Field(
        "", pattern=r"^(https?://\S+[^/\s])?$", description="where people reach the gateway: links, https-only cookies"
    )

    kafka_bootstrap_servers: str = Field("", description="an existing cluster; blank: a local Apache Kafka is started")
    local_kafka_listen: str = Field("127.0.0.1:9092", description="address and port of the local Apache Kafka")
    kafka_security_protocol: str = Field("", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
    kafka_sasl_mechanism: str = Field("", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
    kafka_sasl_username: str = Field("", description="user of the cluster")
    kafka_sasl_password: SecretStr = Field(SecretStr(""), description="its password")
    kafka_ssl_ca_location: str = Field("", description="file with the certificates that sign the brokers'")
    kafka_ssl_certificate_location: str = Field("", description="file with our own certificate, where brokers want one")
    kafka_ssl_key_location: str = Field("", description="file with its key, PEM")
    kafka_ssl_key_password: SecretStr = Field(SecretStr(""), description="the key's password")
    topic_prefix: str = Field("hookline.", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="goes before each topic")
    partitions: int = Field(12, ge=1, le=1000, description="of each topic but config and operations; fixed at creation")
    replication_factor: int = Field(1, ge=1, description="copies of each topic; 3 advised on a cluster")
    min_insync_replicas: int = Field(1, ge=1, description="copies that must have a record; 2 advised on a cluster")

    database_url: str = Field("", description="blank: SQLite, hookline.db in DATA_DIR; or postgresql://...", repr=False)
    secret_key: SecretStr | None = Field(None, description="encrypts secrets; blank: secret.key in DATA_DIR, made once")
    secret_keys: Annotated[list[SecretStr], NoDecode] = Field([], description="older secret keys, still read")
    operator_key: SecretStr | None = Field(None, description="the operator's API key; blank: operator.key in DATA_DIR")
    allowed_networks: Annotated[list[AllowedNetwork], NoDecode] = Field(
        [], description="networks, each with an optional port, that sites may use although they are not public"
    )
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        [], description="networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"
    )
    static_ip_proxy: Annotated[Proxy | None, NoDecode] = Field(
        None, repr=False, description="http://host:port that sites with `proxy: static_ip` are reached through"
    )

    await_apply: bool = Field(False, description="not ready before a configuration was applied; set by `up --apply`")
    max_body: int = Field(1024 * 1024, ge=1, le=4 * 1024 * 1024, description="largest request body, bytes")
    incoming_rate: float | None = Field(None, gt=0, description="requests a second an endpoint takes; blank: no limit")
    api_rate: float | None = Field(None, gt=0, description="calls a second an API key makes at most; blank: no limit")
    max_in_flight: int = Field(512, ge=1, description="requests a courier may have open at once")
    lane_size: int = Field(1000, ge=1, description="messages of one lane that a courier holds in memory")
    drain_rate: float = Field(100.0, gt=0, description="parked messages a second for a site that is enabled again")
    max_postpone: float = Field(86_400.0, gt=0, description="a message held back by the breaker for longer fails: 24h")
    parked_expiry: float = Field(89 * 86_400.0, gt=0, description="a message parked for longer fails: 89d")
    producer_id_window: float = Field(
        86_400.0,
        gt=0,
        description="an event's id that comes again by the topic within it is a copy, or a conflict: 24h",
    )
    retry_tiers: Annotated[list[float], NoDecode] = Field(
        [10.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0], description="the delays there are: 10s,1m,5m,30m,2h,12h"
    )

    notify_account: str = Field("", description="the account that gets Hookline's own events; blank: there are none")
    notify_failed: int = Field(10, ge=1, description="messages of a site that failed within ten minutes, to tell of it")
    notify_lag: int = Field(10_000, ge=1, description="records that a role is behind, to tell of it")

    worker_slot: str = Field("", description="stable name of this worker in its group; blank: host and role")
    schema_registry_url: str = Field("", repr=False, description="http(s) address of a schema registry; blank: none")
    record_framing: Literal["", "avro", "confluent"] = Field(
        "", description="how records are written: avro (single-object) or confluent; blank: confluent with a registry"
    )
    trace_context: bool = Field(False, description="hand the traceparent of a request or an event on to its messages")
    metrics_listen: str = Field(
        "",
        description="address and port for health and metrics of roles without HTTP; under `up` streams has it, "
        "courier and projector the next two",
    )
    log_level: LogLevel = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: Literal["text", "json"] = Field("text", description="text for people, json for machines")

    @field_validator("listen", "local_kafka_listen", "metrics_listen")
    @classmethod
    def _address(cls, value: str) -> str:
        if value:
            host_and_port(value)
        return value

    @field_validator("kafka_security_protocol")
    @classmethod
    def _protocol(cls, value: str) -> str:
        return one_of(PROTOCOLS, value)

    @field_validator("kafka_sasl_mechanism")
    @classmethod
    def _mechanism(cls, value: str) -> str:
        return one_of(MECHANISMS, value)

    @model_validator(mode="after")
    def _says_how_to_log_in(self) -> Settings:
        with_sasl = self.kafka_security_protocol.startswith("SASL_")
        if with_sasl != bool(self.kafka_sasl_mechanism):
            protocol, mechanism = "HOOKLINE_KAFKA_SECURITY_PROTOCOL", "HOOKLINE_KAFKA_SASL_MECHANISM"
            raise ValueError(
                f"{protocol}={self.kafka_security_protocol} needs {mechanism}: {', '.join(MECHANISMS)}"
                if with_sasl
                else f"{mechanism} needs {protocol}: SASL_SSL or SASL_PLAINTEXT"
            )
        if bool(self.kafka_ssl_certificate_location) != bool(self.kafka_ssl_key_location):
            raise ValueError("HOOKLINE_KAFKA_SSL_CERTIFICATE_LOCATION and HOOKLINE_KAFKA_SSL_KEY_LOCATION go together")
        return self

    @model_validator(mode="after")
    def _has_a_registry(self) -> Settings:
        url = self.schema_registry_url
        if url and not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
            raise ValueError("HOOKLINE_SCHEMA_REGISTRY_URL must be an address such as http://registry.example:8081")
        if self.record_framing == "confluent" and not url:
            raise ValueError("HOOKLINE_RECORD_FRAMING=confluent needs HOOKLINE_SCHEMA_REGISTRY_URL")
        return self

    @field_validator("database_url")
    @classmethod
    def _store(cls, value: str) -> str:
        if value and not STORE.fullmatch(value):
            raise ValueError(
                "must name an SQLite file, such as sqlite:///hookline.db or sqlite:////var/lib/hookline.db, or a "
                "PostgreSQL database, such as postgresql://user:password@host/database"
            )
        if "@" in value.partition("://")[2].rpartition("@")[0]:
            raise ValueError("has an @ in its password: write it as %40")
        if (port := PORT.search(value)) and not port[1].isdecimal():
            raise ValueError(
                "has a port that is no number; the port is what stands behind the last `:` before the database"
            )
        return value.replace("postgres://", "postgresql://", 1)

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"must have at least {SHORTEST_SECRET} characters, such as those of `openssl rand -base64 32`"
            )
        return value

    @field_validator("max_body", mode="before")
    @classmethod
    def _size(cls, value: Any) -> Any:
        return parse_size(value) if isinstance(value, str) else value

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: Any) -> Any:
        return words(value)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _proxies(cls, value: Any) -> Any:
        return words(value)

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        return [parse_network(word) if isinstance(word, str) else word for word in words(value)]

    @field_validator("static_ip_proxy", mode="before")
    @classmethod
    def _proxy(cls, value: Any) -> Any:
        return parse_proxy(value) if isinstance(value, str) else value

    @field_validator("max_postpone", "parked_expiry", "producer_id_window", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return parse_duration(value) if isinstance(value, str) else value

    @field_validator("drain_rate", "incoming_rate", "api_rate", mode="before")
    @classmethod
    def _rate(cls, value: Any) -> Any:
        return value.removesuffix("/s") if isinstance(value, str) else value

    @field_validator("retry_tiers", mode="before")
    @classmethod
    def _tiers(cls, value: Any) -> Any:
        tiers = [parse_duration(word) if isinstance(word, str) else word for word in words(value)]
        if not tiers or sorted(set(tiers)) != tiers or tiers[0] <= 0:
            raise ValueError("name at least one delay, each longer than the one before, such as 10s,1m,5m")
        return tiers

    @property
    def bootstrap_servers(self) -> str:
        """Where Kafka is: the configured cluster, or the local broker."""
        return self.kafka_bootstrap_servers or self.local_kafka_listen

    @property
    def gateway_url(self) -> str:
        """Where the gateway is reached from this machine."""
        host, port = host_and_port(self.listen)
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def store_url(self) -> str:
        """Where the views are, as an SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hookline.db'}"


def one_of(known: tuple[str, ...], value: str) -> str:
    """A word in capitals, or blank.

    Raises:
        ValueError: it is none of those there are.
    """
    if value and value.upper() not in known:
        raise ValueError(f"must be one of {', '.join(known)}")
    return value.upper()


def host_and_port(text: str) -> tuple[str, int]:
    """Split `host:port`, `[v6]:port` too.

    Raises:
        ValueError: there is no port, or it is not one.
    """
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > LAST_PORT:
        raise ValueError(f"{text!r} is not an address and a port such as 127.0.0.1:8080")
    host = host.strip("[]")
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError as error:
            raise ValueError(f"{text!r} is not an address and a port such as [::1]:8080: {error}") from None
    return host, int(port)
