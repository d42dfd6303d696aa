"""The cluster: whether it answers, whether the topics are as they should be, whether each role has its members."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from confluent_kafka import ConsumerGroupState, KafkaError, KafkaException

from gateway.doctor.finding import Finding, fine, warning, wrong
from gateway.up.errors import KafkaUnreachable
from gateway.up.topics import TIMEOUT, Cluster, Found
from schemas.settings import Settings

__all__ = ["broker", "groups", "topics"]

ROLES = ("streams", "courier", "projector")  # each has a group of its name
BEGINNING = (
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.NOT_COORDINATOR,
)


def broker(settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    """Whether Kafka answers, and what its copies are worth."""
    try:
        metadata = cluster.metadata()
    except KafkaUnreachable as problem:
        what, _, do = str(problem).partition(": ")
        yield wrong("broker", what, do)
        return
    count = len(metadata.brokers)
    yield fine("broker", f"{settings.bootstrap_servers} answers: {count} broker{'' if count == 1 else 's'}")
    for sentence in cluster.durability():
        yield warning("broker", sentence, "see 'On a cluster of your own' in docs/operating.md")


def topics(found: list[Found]) -> Iterator[Finding]:
    """Every topic of the catalogue."""
    missing = [each.topic.name for each in found if not each.partitions]
    if missing:
        yield wrong("topics", f"missing: {', '.join(missing)}", "`hookline topics create`")
    for each in found:
        for difference in each.drift:
            tell = wrong if blocks(each) else warning
            yield tell("topics", f"{each.topic.name}: {difference.what}", difference.mend)
    if not missing and not any(each.drift for each in found):
        yield fine("topics", f"all {len(found)} are as they should be")


def blocks(found: Found) -> bool:
    """Whether roles cannot work on it."""
    there = found.there
    return found.partitions != found.topic.partitions or (there is not None and there.acknowledged > there.copies)


def groups(settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    """Whether somebody does the work of each role."""
    for role in ROLES:
        found = described(cluster, f"{settings.topic_prefix}{role}")
        if isinstance(found, KafkaError):
            yield warning("roles", f"the group of {role} is not known: {found.str()}", "look again")
        elif found.members == 0:
            yield wrong("roles", f"no {role} runs", f"start `hookline up`, or `hookline {role}`")
        elif not found.stable:
            yield warning(
                "roles", f"{role}: {found.members} members, sharing out partitions", "look again in ten seconds"
            )
        else:
            yield fine("roles", f"{role}: {found.members} member{'' if found.members == 1 else 's'}")


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: how many members it has, and whether each has its partitions."""

    members: int
    stable: bool


def described(cluster: Cluster, name: str) -> Group | KafkaError:
    """A group; asked again while the cluster only begins to look after groups."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        (future,) = cluster.admin.describe_consumer_groups([name], request_timeout=TIMEOUT).values()
        try:
            found = future.result()
        except KafkaException as problem:
            error: KafkaError = problem.args[0]
            if error.code() == KafkaError.GROUP_ID_NOT_FOUND:
                return Group(0, stable=False)
            if error.code() not in BEGINNING or time.monotonic() > deadline:
                return error
            time.sleep(0.2)
        else:
            return Group(len(found.members), found.state is ConsumerGroupState.STABLE)
