"""Requests of the incoming log that are to be run again: chosen by id or by the filters of the list, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, or_, select

from projections.queries.contents import record_at
from projections.queries.incoming_log import LISTING
from projections.queries.lists import filtered
from projections.tables import incoming_requests
from schemas.records import IncomingRequest, Outcome

__all__ = ["Chosen", "by_filter", "by_ids", "record_of"]

table = incoming_requests.c
GAVE_AN_EVENT = (Outcome.ACCEPTED.value, Outcome.DUPLICATE.value)


class Chosen(NamedTuple):
    """One request, the first time that it came, and whether it has given an event, also in an earlier run."""

    id: str
    place: int
    has_event: bool


def by_ids(connection: Connection, account: str, ids: Sequence[str]) -> list[Chosen]:
    """Those of these ids that there are; of a rerun, the request that came first."""
    named = select(table.reprocessed_request_id).where(table.account == account, table.id.in_(ids))
    return chosen(connection, account, [or_(table.id.in_(ids), table.id.in_(named))], len(ids))


def by_filter(connection: Connection, account: str, parameters: Mapping[str, str], most: int) -> list[Chosen]:
    """At most `most` of those that the filters of the list select, reruns left out.

    Raises:
        FieldInvalid: names the filter.
    """
    return chosen(connection, account, filtered(LISTING, parameters), most)


def chosen(connection: Connection, account: str, conditions: Sequence[ColumnElement[bool]], most: int) -> list[Chosen]:
    query = (
        select(table.id, table.place, table.outcome)
        .where(table.account == account, table.run_id.is_(None), *conditions)
        .order_by(table.received_at, table.place)
        .limit(most)
    )
    rows = connection.execute(query).all()
    again = with_event_since(connection, account, [row.id for row in rows])
    return [Chosen(row.id, row.place, row.outcome in GAVE_AN_EVENT or row.id in again) for row in rows]


def with_event_since(connection: Connection, account: str, ids: Sequence[str]) -> set[str]:
    """Those that an earlier run has made an event of."""
    query = select(table.reprocessed_request_id).where(
        table.account == account,
        table.reprocessed_request_id.in_(ids),
        table.outcome == Outcome.ACCEPTED.value,
    )
    return set(connection.execute(query).scalars())


def record_of(connection: Connection, one: Chosen) -> IncomingRequest | None:
    """The record of one, what is sealed in it sealed; None where the store has it no more."""
    return record_at(connection, one.place, IncomingRequest)
