"""Requests of the incoming log that are to be run again: chosen by id or by the filters of the list, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from projections.queries.contents import record_at
from projections.queries.incoming_log import LISTING
from projections.queries.lists import filtered
from projections.tables import incoming_requests
from schemas.records import IncomingRequest, Outcome

__all__ = ["Chosen", "by_filter", "by_ids", "known_of", "record_of"]

table = incoming_requests.c
GAVE_AN_EVENT = (Outcome.ACCEPTED.value, Outcome.DUPLICATE.value)


class Chosen(NamedTuple):
    """One request, the first time that it came, and whether it has given an event, also in an earlier run."""

    id: str
    place: int
    has_event: bool


def by_ids(connection: Connection, account: str, ids: Sequence[str], *, but_of: str = "") -> list[Chosen]:
    """Those of these ids that there are; of a rerun, the request that came first. At most some thousand at once.

    Events that the run `but_of` has made do not count.
    """
    named = select(table.reprocessed_request_id).where(table.account == account, table.id.in_(ids))
    query = (
        select(table.id, table.place, table.outcome)
        .where(table.account == account, table.run_id.is_(None), or_(table.id.in_(ids), table.id.in_(named)))
        .order_by(table.received_at, table.place)
    )
    rows = connection.execute(query).all()
    again = with_event_since(connection, account, [row.id for row in rows], but_of)
    return [Chosen(row.id, row.place, row.outcome in GAVE_AN_EVENT or row.id in again) for row in rows]


def known_of(connection: Connection, account: str, ids: Sequence[str]) -> set[str]:
    """Those of these ids that the log has."""
    query = select(table.id).where(table.account == account, table.id.in_(ids))
    return set(connection.execute(query).scalars())


def by_filter(connection: Connection, account: str, parameters: Mapping[str, str], most: int) -> list[str]:
    """The ids of at most `most` of those that the filters of the list select, the oldest first, reruns left out.

    Raises:
        FieldInvalid: names the filter.
    """
    query = (
        select(table.id)
        .where(table.account == account, table.run_id.is_(None), *filtered(LISTING, parameters))
        .order_by(table.received_at, table.place)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def with_event_since(connection: Connection, account: str, ids: Sequence[str], but_of: str) -> set[str]:
    """Those that an earlier run has made an event of."""
    query = select(table.reprocessed_request_id).where(
        table.account == account,
        table.reprocessed_request_id.in_(ids),
        table.outcome == Outcome.ACCEPTED.value,
        table.run_id != but_of,
    )
    return set(connection.execute(query).scalars())


def record_of(connection: Connection, one: Chosen) -> IncomingRequest | None:
    """The record of one, what is sealed in it sealed; None where the store has it no more."""
    return record_at(connection, one.place, IncomingRequest)
