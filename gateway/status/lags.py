"""How far behind each role is, out of what was seen of Kafka and of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.status.cluster import ClusterSeen, Place, readers_of
from projections.queries import offsets
from schemas.topics import Topics

__all__ = ["lags_now", "lags_of", "roles_of"]


def lags_of(seen: ClusterSeen, folded: Mapping[Place, int] | None, topics: Topics) -> dict[str, dict[Place, int]]:
    """How many records each role still has to read, by partition; `folded` None: the store does not tell."""
    read: dict[str, Mapping[Place, int]] = dict(seen.committed)
    if folded is not None:
        read["projector"] = folded
    return {
        role: {
            place: max(end - max(read[role].get(place, 0), seen.first.get(place, 0)), 0)
            for place, end in seen.ends.items()
            if place[0] in names
        }
        for role, names in readers_of(topics).items()
        if role in read
    }


def roles_of(
    seen: ClusterSeen, folded: Mapping[Place, int] | None, members: Mapping[str, tuple[str, ...]], topics: Topics
) -> Iterator[dict[str, Any]]:
    """Every role with its members and its lag. What the gateway follows has its own word in the status."""
    lags = lags_of(seen, folded, topics)
    for role in ("gateway", "streams", "courier", "projector"):
        known = lags.get(role)
        partitions = [
            {
                "topic": topic.removeprefix(topics.prefix),
                "partition": number,
                "end": seen.ends[topic, number],
                "lag": lag,
            }
            for (topic, number), lag in sorted((known or {}).items())
            if (topic, number) in seen.ends
        ]
        yield {
            "role": role,
            "members": list(members.get(role, ())),
            "lag": None if not known else sum(known.values()),
            "partitions": partitions,
        }


async def lags_now(look: Callable[[], ClusterSeen], reader: Reader, topics: Topics) -> dict[str, int]:
    """How many records each role is behind; none where Kafka, or of the projector the store, does not tell."""
    seen = await asyncio.to_thread(look)
    folded: Mapping[Place, int] | None = None
    if seen.ends:
        try:
            folded = await reader.read(offsets.folded)
        except Problem:
            folded = None
    return {role: sum(lag.values()) for role, lag in lags_of(seen, folded, topics).items()}
