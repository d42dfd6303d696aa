"""Where a cluster differs from the catalogue, and how each difference is mended.

What exists is never changed by itself: partitions are fixed at creation, retention and copies are the operator's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.settings import Settings
from schemas.topics import Topic

__all__ = ["Difference", "There", "differences", "durability"]

MIN_ISR = "min.insync.replicas"
ADVISED_COPIES, ADVISED_ACKNOWLEDGED = 3, 2


@dataclass(frozen=True, slots=True)
class There:
    """A topic as the cluster has it: partitions, the fewest copies that one of them has, its settings as text."""

    partitions: int
    copies: int
    config: Mapping[str, str]

    @property
    def acknowledged(self) -> int:
        """How many copies must have a record before it is acknowledged (`min.insync.replicas`)."""
        text = self.config.get(MIN_ISR, "1")
        return int(text) if text.isdigit() else 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: `what` it is, and what to do about it."""

    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}: {self.mend}"


def differences(topic: Topic, there: There, settings: Settings) -> Iterator[Difference]:
    """Each difference. A stricter replication than the settings ask for is none."""
    if there.partitions != topic.partitions:
        yield Difference(
            f"{there.partitions} partitions instead of {topic.partitions}",
            f"set HOOKLINE_PARTITIONS={there.partitions}, or begin anew under another HOOKLINE_TOPIC_PREFIX; "
            "partitions added later would break the order of what is there",
        )
    for key, wanted in topic.config.items():
        if (found := there.config.get(key)) != wanted:
            yield Difference(f"{key} is {found} instead of {wanted}", altering(topic.name, key, wanted))
    if there.copies < settings.replication_factor:
        yield Difference(
            f"{there.copies} copies instead of {settings.replication_factor}",
            "add copies with Apache's kafka-reassign-partitions, or lower HOOKLINE_REPLICATION_FACTOR",
        )
    if there.acknowledged < settings.min_insync_replicas:
        wanted = str(settings.min_insync_replicas)
        yield Difference(
            f"{MIN_ISR} is {there.acknowledged} instead of {wanted}", altering(topic.name, MIN_ISR, wanted)
        )
    if there.acknowledged > there.copies:
        yield Difference(
            f"{MIN_ISR} is {there.acknowledged} and there are {there.copies} copies, so nothing can be written",
            altering(topic.name, MIN_ISR, str(there.copies)),
        )


def altering(topic: str, key: str, value: str) -> str:
    """The command that sets one setting of a topic."""
    return (
        f"`hookline kafka tool configs --alter --entity-type topics --entity-name {topic} --add-config {key}={value}`"
    )


def durability(settings: Settings, brokers: int, topics: Sequence[There]) -> Iterator[str]:
    """What a loss of brokers would cost, as sentences to be said at start; none where 3 copies and 2 acknowledge."""
    copies = min((there.copies for there in topics), default=settings.replication_factor)
    acknowledged = min((there.acknowledged for there in topics), default=settings.min_insync_replicas)
    if brokers == 1:
        yield (
            "one broker: what it has acknowledged survives a kill of it, and not the loss of its disk or a power cut; "
            "a cluster of three with HOOKLINE_REPLICATION_FACTOR=3 and HOOKLINE_MIN_INSYNC_REPLICAS=2 is advised"
        )
        return
    if copies < ADVISED_COPIES:
        yield (
            f"topics have {copies} {'copy' if copies == 1 else 'copies'} each; "
            "HOOKLINE_REPLICATION_FACTOR=3 is advised on a cluster"
        )
    if acknowledged < ADVISED_ACKNOWLEDGED:
        yield (
            f"a record is acknowledged when {acknowledged} copy has it, which is lost with that broker; "
            "HOOKLINE_MIN_INSYNC_REPLICAS=2 is advised on a cluster"
        )
    if acknowledged == copies > 1:
        yield f"all {copies} copies must acknowledge, so one broker that is away stops every write"
