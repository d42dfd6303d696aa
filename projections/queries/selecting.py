"""Which deliveries a filter of the webhook log selects, at one moment of the log: what a resend of many is made of.

The moment is how far `attempts` was folded. The same filter and moment select the same deliveries later, whatever has
failed meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from projections.places import Kind, place_of
from projections.queries.lists import filtered
from projections.queries.offsets import folded
from projections.queries.webhook_log import LISTING
from projections.tables import attempts, deliveries
from schemas.errors import HooklineError
from schemas.records import AttemptStatus, Trigger

__all__ = ["MOST_SELECTED", "Moment", "Selected", "TooManySelected", "check_filter", "moment_of", "select_deliveries"]

MOST_SELECTED = 200_000
CHUNK = 500
NO_ANSWER = "none"

Moment = Mapping[int, int]  # partition of `attempts` -> the next offset to be folded
table = attempts.c


class TooManySelected(HooklineError):
    """The filter selects more deliveries than one resend takes."""


@dataclass(slots=True)
class Selected:
    """The deliveries, the oldest failure first; counts are of deliveries. `skipped` cannot be sent again.

    `oldest` and `newest` (ms) are of the last attempts that match, one a delivery.
    """

    ids: list[str] = field(default_factory=list)
    by_site: dict[str, int] = field(default_factory=dict)
    by_code: dict[str, int] = field(default_factory=dict)
    already_done: int = 0
    pending: int = 0
    skipped: int = 0
    oldest: int | None = None
    newest: int | None = None


def moment_of(connection: Connection, topic: str) -> dict[int, int]:
    """Now; `topic` is that of the attempts, with its prefix."""
    return {number: offset for (name, number), offset in folded(connection).items() if name == topic}


def check_filter(parameters: Mapping[str, str]) -> None:
    """See that these are filters of the webhook log.

    Raises:
        FieldInvalid: names the filter.
    """
    filtered(LISTING, parameters)


def select_deliveries(
    connection: Connection,
    account: str,
    parameters: Mapping[str, str],
    moment: Moment,
    *,
    sites: Collection[str],
    skip_done: bool,
) -> Selected:
    """Select; `sites` are those that take messages. With `skip_done` what was delivered meanwhile is left out.

    Raises:
        FieldInvalid: names the filter.
        TooManySelected: as it says.
    """
    found = matching(connection, account, parameters, moment)
    result, codes, by_site, times = Selected(), Counter[str](), Counter[str](), list[int]()
    for chunk in chunks(found):
        whole, done, waiting = state_of(connection, account, chunk)
        for delivery_id in chunk:
            site, code, at = found[delivery_id]
            is_done = delivery_id in done
            result.already_done += is_done
            if delivery_id not in whole or site not in sites:
                result.skipped += 1
            elif not (is_done and skip_done):
                result.ids.append(delivery_id)
                result.pending += delivery_id in waiting
                by_site[site] += 1
                codes[NO_ANSWER if code is None else str(code)] += 1
                times.append(at)
    result.by_site, result.by_code = dict(by_site), dict(codes)
    result.oldest, result.newest = min(times, default=None), max(times, default=None)
    return result


def matching(
    connection: Connection, account: str, parameters: Mapping[str, str], moment: Moment
) -> dict[str, tuple[str, int | None, int]]:
    """Delivery -> its site, and the code and the time (ms) of its last attempt that matches."""
    query = (
        select(table.delivery_id, table.site_id, table.response_code, table.created_at)
        .where(
            table.account == account,
            table.status != AttemptStatus.QUEUED.value,
            table.trigger != Trigger.TEST.value,
            until(moment),
            *filtered(LISTING, parameters),
        )
        .order_by(table.created_at, table.place)
    )
    found: dict[str, tuple[str, int | None, int]] = {}
    for row in connection.execute(query.execution_options(yield_per=CHUNK)):
        found[row.delivery_id] = (row.site_id, row.response_code, row.created_at)
        if len(found) > MOST_SELECTED:
            raise TooManySelected(f"the filter selects more than {MOST_SELECTED:,} messages; narrow it")
    return found


def until(moment: Moment) -> ColumnElement[bool]:
    """Rows of attempts that were folded by then; one that was folded again since has the place of its last record."""
    parts = [
        and_(table.place >= place_of(Kind.ATTEMPT, number, 0), table.place < place_of(Kind.ATTEMPT, number, offset))
        for number, offset in moment.items()
    ]
    return or_(*parts) if parts else false()


def chunks(ids: Mapping[str, object]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def state_of(connection: Connection, account: str, ids: list[str]) -> tuple[set[str], set[str], set[str]]:
    """Of these: what the store has whole, what was delivered, what waits."""
    whole = select(deliveries.c.delivery_id).where(deliveries.c.account == account, deliveries.c.delivery_id.in_(ids))
    states = select(table.delivery_id, table.status).where(
        table.delivery_id.in_(ids), table.status.in_((AttemptStatus.DONE.value, AttemptStatus.QUEUED.value))
    )
    by_status: dict[str, set[str]] = {AttemptStatus.DONE.value: set(), AttemptStatus.QUEUED.value: set()}
    for row in connection.execute(states):
        by_status[row.status].add(row.delivery_id)
    return set(connection.execute(whole).scalars()), by_status[AttemptStatus.DONE], by_status[AttemptStatus.QUEUED]
