"""A courier as a process on a real Kafka, with a shop of its own, and what a test puts before it."""

from __future__ import annotations

import itertools
import signal
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from confluent_kafka.admin import NewTopic

from gateway.up.topics import Cluster
from schemas.identity import lane_key, lane_partition, lane_slot
from schemas.records import Attempt, ChangeItem, Delivery
from tests.broker import HOOKLINE, Broker
from tests.streams.courier_values import a_change, a_delivery, a_site, an_account
from tests.streams.worker import Stage
from tests.waiting import PATIENCE, eventually

__all__ = ["CourierStage", "MakeStage"]

ENDED = ("done", "failed")


class CourierStage(Stage):
    """Topics of their own, an account `shop`, couriers."""

    def __init__(self, broker: Broker, folder: Path, **settings: object) -> None:
        given: dict[str, object] = {"allowed_networks": "127.0.0.0/8", "retry_tiers": "1s,10s"}
        super().__init__(broker, folder, **(given | settings))
        self.log = folder / "courier.log"
        self.numbers = itertools.count()
        self.decided = -1  # the offset of the last change
        self.cluster = Cluster(self.settings)
        self.old_tier = ""

    def create_topics(self) -> None:
        """Make them, and the account."""
        super().create_topics()
        self.configure(an_account())

    def add_old_tier(self) -> None:
        """Make the topic of a tier that the setting does not name (any more)."""
        self.old_tier = f"{self.topics.prefix}retries.2s"
        topic = NewTopic(self.old_tier, self.settings.partitions, config={"message.timestamp.type": "LogAppendTime"})
        self.cluster.admin.create_topics([topic])[self.old_tier].result(PATIENCE)

    def start(self, slot: str = "one", **variables: str) -> subprocess.Popen[bytes]:
        """Start a courier under this slot's name."""
        extra = {f"HOOKLINE_{name.upper()}": value for name, value in variables.items()}
        with self.log.open("ab") as log:
            self.processes[slot] = subprocess.Popen(
                [HOOKLINE, "courier"],
                env=self.variables | {"HOOKLINE_WORKER_SLOT": slot} | extra,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[slot]

    def configure(self, *items: ChangeItem) -> int:
        """Write a change; answers its offset."""
        self.decided = self.write(self.topics.config, [a_change(*items)])[0]
        return self.decided

    def site(self, url: str, **fields: Any) -> str:
        """A new site; answers its id."""
        name = f"site-{next(self.numbers)}"
        self.configure(a_site(name, url=url, **({"retry_delays": ["1s"] * 2} | fields)))
        return name

    def message(self, site: str, *, parallel: int = 1, **fields: Any) -> Delivery:
        """A new message for a site."""
        number = next(self.numbers)
        customer = fields.pop("customer", f"c-{number}")
        slot = lane_slot(customer, parallel, self.settings.partitions)
        given = {
            "delivery_id": f"dlv_{number}",
            "site_id": site,
            "customer": customer,
            "lane": lane_key(site, slot),
            "config_offset": self.decided,
        }
        return a_delivery(**(given | fields))

    def put(self, *deliveries: Delivery, topic: str | None = None) -> None:
        """Write messages where they belong."""
        for each in deliveries:
            self.write(
                topic or self.topics.deliveries,
                [each],
                key=each.lane.encode(),
                partition=lane_partition(each.lane, self.settings.partitions),
            )

    def send(self, site: str, count: int = 1, **fields: Any) -> list[Delivery]:
        """Messages for a site, written."""
        made = [self.message(site, **fields) for _ in range(count)]
        self.put(*made)
        return made

    def rows(self, deliveries: Iterable[Delivery]) -> list[Attempt]:
        """The attempts of these, by delivery and step."""
        wanted = {each.delivery_id for each in deliveries}
        found = [row for row in self.records(self.topics.attempts) if row.delivery_id in wanted]
        return sorted(found, key=lambda row: (row.delivery_id, row.step))

    def kill(self) -> frozenset[str]:
        """kill -9 of the courier; answers the deliveries whose attempt was recorded before: none is sent again."""
        recorded = frozenset(row.delivery_id for row in self.records(self.topics.attempts))
        self.end(number=signal.SIGKILL)
        return recorded

    def ended(self, deliveries: Iterable[Delivery], within: float = PATIENCE) -> list[Attempt]:
        """The same, once each has ended."""
        wanted = list(deliveries)

        def rows() -> list[Attempt]:
            found = self.rows(wanted)
            ended = {row.delivery_id for row in found if row.status.value in ENDED}
            return found if len(ended) == len(wanted) else []

        return eventually(rows, within=within, what=lambda: f"all have ended\n{self.said()}")


MakeStage = Callable[..., CourierStage]
