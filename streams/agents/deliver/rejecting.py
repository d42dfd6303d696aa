"""Rejecting: records that cannot be used go to `rejected` with all they had, or as a reference if that is too large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from schemas.codec import encode
from schemas.records import Delivery, Rejected, RejectedReason
from streams.agents.deliver.work import Item
from streams.core.inlet import Inlet
from streams.edges.clock import now_ms

__all__ = ["Rejecting", "Writer", "config_unknown", "reference"]

Then = Callable[[], None]


class Writer(Protocol):
    """Whoever writes records."""

    def write(
        self, topic: str, partition: int, key: bytes | None, value: bytes, then: Callable[[int | None], None]
    ) -> None:
        """`then` gets the offset once the record is acknowledged; None when it is refused for good."""


class Rejecting:
    """Writes them; `topic` is `rejected`."""

    def __init__(self, writer: Writer, topic: str) -> None:
        self._writer, self._topic = writer, topic

    def reject(self, record: Rejected, then: Then) -> None:
        """Write it; `then` comes when it is acknowledged."""

        def written(offset: int | None) -> None:
            if offset is None and record.value is None:
                raise RuntimeError(f"Kafka takes no reference to {record.topic}/{record.partition}/{record.offset}")
            if offset is None:
                self.reject(replace(record, value=None, reason=RejectedReason.REFUSED_BY_KAFKA), then)
            else:
                then()

        key = f"{record.topic}/{record.partition}".encode()
        self._writer.write(self._topic, record.partition, key, encode(record), written)


def config_unknown(inlet: Inlet[Item], offset: int, delivery: Delivery) -> Rejected:
    """A message that was decided under a configuration that does not exist."""
    detail = f"it was decided under offset {delivery.config_offset} of config, which there is not"
    record = reference(inlet, offset, delivery, RejectedReason.CONFIG_UNKNOWN, detail)
    return replace(record, value=encode(delivery))


def reference(inlet: Inlet[Item], offset: int, delivery: Delivery, reason: RejectedReason, detail: str) -> Rejected:
    """A reference to a record that a message came from."""
    now = now_ms()
    return Rejected(
        topic=inlet.topic,
        partition=inlet.partition,
        offset=offset,
        timestamp=now,
        key=delivery.lane.encode(),
        value=None,
        headers=[],
        account=delivery.account,
        reason=reason,
        path=None,
        detail=detail,
        rejected_at=now,
    )
