"""All checks, in the order in which one depends on the other; what cannot be looked at is left out."""

from __future__ import annotations

from collections.abc import Iterator

from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec

from gateway.cli.client import Client
from gateway.doctor import kafka, keys, machine
from gateway.doctor import store as stores
from gateway.doctor.finding import Finding, Level
from gateway.up.topics import TIMEOUT, Cluster, Found
from schemas.settings import Settings

__all__ = ["examine"]


def examine(settings: Settings, client: Client) -> Iterator[Finding]:
    """Every finding; looking at one may take some seconds."""
    yield from machine.disk(settings)
    yield from machine.files(settings)
    cluster = Cluster(settings)
    answered = list(kafka.broker(settings, cluster))
    yield from answered
    if any(each.level is Level.WRONG for each in answered):
        return
    found = cluster.find()
    yield from kafka.topics(found)
    if all(each.partitions for each in found):
        yield from kafka.groups(settings, cluster)
        yield from keys.keys(settings)
        ends = ends_of(cluster, found)
        yield from machine.clock({"Kafka": newest(cluster, found)})
        yield from stores.store(settings, ends)
    yield from stores.gateway(client)


def ends_of(cluster: Cluster, found: list[Found]) -> dict[tuple[str, int], int]:
    """The next offset of each partition that the projector folds: all but retries and configuration."""
    left_out = {*cluster.topics.retries.values(), cluster.topics.config}
    return {
        (each.topic.name, number): end
        for each in found
        if each.topic.name not in left_out
        for number, (_, end) in enumerate(cluster.offsets(each.topic.name, each.partitions))
    }


def newest(cluster: Cluster, found: list[Found]) -> float:
    """When the latest record was written, by the brokers' clock: seconds since 1970, 0 without any record."""
    places = {
        TopicPartition(each.topic.name, number): OffsetSpec.max_timestamp()
        for each in found
        for number in range(each.partitions)
    }
    asked = cluster.admin.list_offsets(places, request_timeout=TIMEOUT)
    return max((future.result().timestamp for future in asked.values()), default=0) / 1000
