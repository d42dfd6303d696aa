"""Who is a member of the roles' consumer groups.

Asked with aiokafka, which Faust brings along: the same question of an admin client of librdkafka can abort the process
when the broker goes away under it (confluentinc/librdkafka#4605), and this process takes requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context

from schemas.settings import Settings

__all__ = ["ROLES", "members_of"]

WITHIN = 2.0  # seconds
ROLES = {"gateway": "gateway-jobs", "streams": "streams", "courier": "courier", "projector": "projector"}


async def members_of(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Where each role's members run, and their names in the group; none of a role that is not known in time."""
    try:
        async with asyncio.timeout(WITHIN):
            return await asked(settings)
    except (TimeoutError, KafkaError):
        return {}


async def asked(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap_servers,
        client_id="hookline-status",
        request_timeout_ms=round(WITHIN * 1000),
        **security(settings),
    )
    try:
        await admin.start()
        return {role: await members(admin, settings.topic_prefix + group) for role, group in ROLES.items()}
    finally:
        await admin.close()


async def members(admin: AIOKafkaAdminClient, group: str) -> tuple[str, ...]:
    try:
        answers = await admin.describe_consumer_groups([group])
    except KafkaError:  # it has no coordinator yet: nobody was ever in it
        return ()
    # Of a group: error, name, state, protocol type, protocol, members; of a member: its id, its client's id, its host.
    return tuple(
        f"{member[2].lstrip('/')} {member[0]}" for answer in answers for told in answer.groups for member in told[5]
    )


def security(settings: Settings) -> dict[str, Any]:
    """As aiokafka names what `schemas.kafka_clients.security` has for librdkafka."""
    named: dict[str, Any] = {}
    if settings.kafka_security_protocol:
        named["security_protocol"] = settings.kafka_security_protocol
    if settings.kafka_security_protocol.endswith("SSL"):
        named["ssl_context"] = create_ssl_context(
            cafile=settings.kafka_ssl_ca_location or None,
            certfile=settings.kafka_ssl_certificate_location or None,
            keyfile=settings.kafka_ssl_key_location or None,
            password=settings.kafka_ssl_key_password.get_secret_value() or None,
        )
    if settings.kafka_sasl_mechanism:
        named["sasl_mechanism"] = settings.kafka_sasl_mechanism
        named["sasl_plain_username"] = settings.kafka_sasl_username
        named["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return named
