"""Faust: one app that takes batches of each hop's topic; the only file that knows how its agents run.

Faust acknowledges a batch when the body asks for the next one, and also when an exception or a cancel leaves the body.
So nothing leaves it: a batch is carried to its end, or the process ends and its next start reads the batch again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any

import faust
import structlog

from schemas.errors import HooklineError
from schemas.settings import Settings
from streams.agents.hop import Hop, SourceRecord
from streams.edges.ending import end_now

__all__ = ["REBALANCE", "Carry", "build_app", "group_of"]

log = structlog.get_logger(__name__)

TAKE = 500  # records of a batch
WITHIN = 0.005  # seconds; a timer that runs freely, so longer means later
SESSION = 10.0  # seconds until a member that is gone for good loses its partitions
REBALANCE = 60.0  # seconds

Carry = Callable[[Hop, Sequence[SourceRecord]], Coroutine[Any, Any, None]]


def group_of(settings: Settings) -> str:
    """The consumer group of all streams workers."""
    return f"{settings.topic_prefix}streams"


def build_app(settings: Settings, hops: Sequence[Hop], carry: Carry, member: str) -> faust.App:
    """The Faust app that takes batches of each hop's topic and hands them to `carry`; `member` is its lasting name."""
    app = faust.App(
        group_of(settings),
        broker=[f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")],
        broker_credentials=credentials(settings),
        broker_client_id="hookline-streams",
        broker_commit_interval=0.25,
        broker_max_poll_records=5000,
        broker_max_poll_interval=2_000_000.0,
        broker_session_timeout=SESSION,
        broker_rebalance_timeout=REBALANCE,
        consumer_group_instance_id=member,
        datadir=str(settings.data_dir / "faust"),
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        web_enabled=False,
        autodiscover=False,
    )
    for hop in hops:
        topic = app.topic(hop.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        app.agent(topic, name=hop.name)(body_of(hop, carry))
    return app


def body_of(hop: Hop, carry: Carry) -> Callable[[Any], Awaitable[None]]:
    async def body(stream: Any) -> None:
        batches: AsyncIterator[Any] = stream.take_events(TAKE, within=WITHIN)
        async for events in batches:
            await to_its_end(carry(hop, [record_of(event.message) for event in events]))

    return body


async def to_its_end(carrying: Coroutine[Any, Any, None]) -> None:
    """Wait for a batch whatever happens: a cancel is raised when the batch is done; a failure ends the process."""
    task = asyncio.create_task(carrying)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is not None:
        if not isinstance(error, HooklineError):
            log.error("a batch could not be carried", exc_info=error)
        end_now(f"a batch could not be carried: {error!r}")
    if cancelled:
        raise asyncio.CancelledError


def record_of(message: Any) -> SourceRecord:
    """A record as Faust holds it; its timestamp is in seconds there."""
    timestamp = -1 if message.timestamp is None else round(message.timestamp * 1000)
    headers = tuple(message.headers or ())
    return SourceRecord(
        message.topic, message.partition, message.offset, timestamp, message.key, message.value, headers
    )


def credentials(settings: Settings) -> Any:
    """How the worker proves itself to the cluster; None where nothing is asked for."""
    protocol = settings.kafka_security_protocol.upper()
    context = tls(settings) if protocol.endswith("SSL") else None
    if protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.kafka_sasl_username,
            password=settings.kafka_sasl_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism or "PLAIN",
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def tls(settings: Settings) -> ssl.SSLContext:
    """The brokers' certificates are checked, and ours is shown where there is one."""
    context = ssl.create_default_context(cafile=settings.kafka_ssl_ca_location or None)
    if settings.kafka_ssl_certificate_location:
        context.load_cert_chain(
            settings.kafka_ssl_certificate_location,
            settings.kafka_ssl_key_location,
            settings.kafka_ssl_key_password.get_secret_value() or None,
        )
    return context
