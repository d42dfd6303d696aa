"""Deliveries as they can be sent again: whole, with the steps of them that wait just now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from projections.places import offset_of
from projections.store.unpacking import plain
from projections.tables import IS_QUEUED, attempts, deliveries, records
from schemas.codec import decode_as
from schemas.records import Delivery, PendingStep, QueueReason, Trigger

__all__ = ["Known", "known_deliveries"]

table = attempts.c


@dataclass(frozen=True, slots=True)
class Known:
    """One delivery as it was made, its waiting steps in the order of their chains, and whether one is parked.

    Its `origin_offset` says where it lies in `deliveries`.
    """

    delivery: Delivery
    pending: tuple[PendingStep, ...]
    parked: bool


def known_deliveries(connection: Connection, account: str, ids: Iterable[str]) -> dict[str, Known]:
    """Those of these deliveries that the store still has whole; at most some hundreds at once."""
    wanted = list(ids)
    waiting: dict[str, list[PendingStep]] = defaultdict(list)
    parked = set()
    steps = select(table.delivery_id, table.chain, table.step, table.trigger, table.resend_id, table.reason)
    for row in connection.execute(
        steps.where(table.delivery_id.in_(wanted), IS_QUEUED).order_by(table.chain, table.step)
    ):
        step = PendingStep(chain=row.chain, step=row.step, trigger=Trigger(row.trigger), resend_id=row.resend_id)
        waiting[row.delivery_id].append(step)
        if row.reason == QueueReason.PARKED:
            parked.add(row.delivery_id)
    whole = (
        select(deliveries.c.delivery_id, records.c.place, records.c.value)
        .join(records, records.c.place == deliveries.c.place)
        .where(deliveries.c.account == account, deliveries.c.delivery_id.in_(wanted))
    )
    return {
        row.delivery_id: Known(
            replace(decode_as(Delivery, plain(connection, row.value)), origin_offset=offset_of(row.place)),
            tuple(waiting[row.delivery_id]),
            row.delivery_id in parked,
        )
        for row in connection.execute(whole)
    }
