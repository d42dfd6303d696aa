"""How the whole installation does, for its operator: Kafka, the store, every role and how far behind it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.operations import Call
from gateway.api.problems import Problem
from gateway.api.reading import Reader
from gateway.api.times import Time
from gateway.status.cluster import ClusterSeen, Place
from gateway.status.lags import roles_of
from projections.queries import offsets
from schemas.topics import Topics

__all__ = ["Status", "StatusShown"]


class KafkaShown(BaseModel):
    """The cluster."""

    available: bool
    detail: str | None
    cluster_id: str | None
    brokers: int


class StoreShown(BaseModel):
    """What the lists are read from."""

    available: bool
    detail: str | None
    trouble: Annotated[str | None, Field(description="what keeps the projector from writing just now")]
    kind: Literal["sqlite", "postgresql"]


class PartitionShown(BaseModel):
    """How far a role is in one partition."""

    topic: str
    partition: int
    end: int
    lag: int


class RoleShown(BaseModel):
    """One role."""

    role: Literal["gateway", "streams", "courier", "projector"]
    members: Annotated[list[str], Field(description="where they run, and their names in their consumer group")]
    lag: Annotated[
        int | None, Field(description="records that it has not read yet, for the gateway changes; null: not known")
    ]
    partitions: list[PartitionShown]


class StatusShown(BaseModel):
    """Everything at a look."""

    version: str
    kafka: KafkaShown
    store: StoreShown
    projected_until: Annotated[Time | None, Field(description="up to when the views have everything")]
    configuration: Annotated[int, Field(description="the offset of `config` that this gateway has folded")]
    configuration_lag: Annotated[int, Field(description="how many changes it has still to fold")]
    roles: list[RoleShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The handler. `look` blocks for some seconds at most; `configuration` is the offset folded."""

    look: Callable[[], ClusterSeen]
    members: Callable[[], Awaitable[Mapping[str, tuple[str, ...]]]]
    reader: Reader
    topics: Topics
    store_url: str
    configuration: Callable[[], int]
    version: str

    async def show(self, _: Call) -> Answer:
        """Ask both, and put it together."""
        seen, members = await asyncio.gather(asyncio.to_thread(self.look), self.members())
        folded, until, problem = await self._folded()
        kafka = {
            "available": not seen.problem,
            "detail": seen.problem or None,
            "cluster_id": seen.id or None,
            "brokers": seen.brokers,
        }
        kind = "sqlite" if self.store_url.startswith("sqlite") else "postgresql"
        return Answer(
            {
                "version": self.version,
                "kafka": kafka,
                "store": {
                    "available": problem is None,
                    "detail": problem,
                    "trouble": seen.trouble or None,
                    "kind": kind,
                },
                "projected_until": until,
                "configuration": self.configuration(),
                "configuration_lag": self._behind(seen) or 0,
                "roles": list(self._roles(seen, folded, members)),
            }
        )

    def _behind(self, seen: ClusterSeen) -> int | None:
        """How many changes of `config` this gateway has still to fold; None where Kafka does not tell."""
        end = seen.ends.get((self.topics.config, 0))
        return None if end is None else max(end - self.configuration() - 1, 0)

    def _roles(
        self, seen: ClusterSeen, folded: dict[Place, int] | None, members: Mapping[str, tuple[str, ...]]
    ) -> Iterator[dict[str, Any]]:
        """Every role; a gateway follows `config` alone, and this one speaks for all."""
        for role in roles_of(seen, folded, members, self.topics):
            yield role | {"lag": self._behind(seen)} if role["role"] == "gateway" else role

    async def _folded(self) -> tuple[dict[Place, int] | None, str | None, str | None]:
        def read(connection: Connection) -> tuple[dict[Place, int], str | None]:
            return offsets.folded(connection), offsets.as_of(connection)

        try:
            return *await self.reader.read(read), None
        except Problem as problem:
            return None, None, problem.detail
