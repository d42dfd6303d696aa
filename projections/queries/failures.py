"""What failed, in groups of one cause: the site, what it answered, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from projections.figure_tables import answer_figures
from projections.queries.offsets import as_of
from projections.queries.ranges import Range, within
from projections.queries.times import iso, iso_or_none
from projections.tables import attempts
from schemas.identity import attempt_id
from schemas.records import AttemptStatus

__all__ = ["MOST_GROUPS", "groups"]

MOST_GROUPS = 100
FAILED = (AttemptStatus.RESENT.value, AttemptStatus.FAILED.value)
table, rollup = attempts.c, answer_figures.c


def groups(
    connection: Connection, account: str, span: Range, sites: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any]:
    """The groups of failed attempts, what failed last first; at most a hundred.

    `failed` are those after which nothing is sent again, `resent` the others; `names` of sites by their ids.
    """
    failed, resent = func.sum(rollup.failed).label("failed"), func.sum(rollup.resent).label("resent")
    last = func.max(rollup.at + rollup.span).label("last")
    query = (
        select(rollup.site_id, rollup.response_code, rollup.error, failed, resent, func.min(rollup.at), last)
        .where(rollup.account == account, rollup.site_id.in_(sites), within(answer_figures, span.start, span.end))
        .where(or_(rollup.failed > 0, rollup.resent > 0))
        .group_by(rollup.site_id, rollup.response_code, rollup.error)
        .order_by(last.desc(), failed.desc())
        .limit(MOST_GROUPS)
    )
    items = [group(connection, account, row, names) for row in map(tuple, connection.execute(query).all())]
    items.sort(key=lambda item: item["last_at"] or "", reverse=True)
    return {"items": items, "from": iso(span.start), "to": iso(span.end), "as_of": as_of(connection)}


def group(connection: Connection, account: str, row: Sequence[Any], names: Mapping[str, str]) -> dict[str, Any]:
    """One group; its first and last attempt are looked for in the first and the last bucket that has any."""
    site, code_text, error_text, failed, resent, start, end = row
    code, error = int(code_text) if code_text else None, error_text or None
    these = and_(
        table.account == account,
        table.site_id == site,
        table.response_code.is_(None) if code is None else table.response_code == code,
        table.error.is_(None) if error is None else table.error == error,
        table.status.in_(FAILED),
        table.created_at >= start,
        table.created_at < end,
    )
    query = select(table.created_at, table.delivery_id, table.chain, table.step).where(these).limit(1)
    first = connection.execute(query.order_by(table.created_at)).first()
    last = connection.execute(query.order_by(table.created_at.desc())).first()
    return {
        "site_id": site,
        "site_name": names.get(site),
        "response_code": code,
        "error": error,
        "count": int(failed + resent),
        "failed": int(failed),
        "resent": int(resent),
        "first_at": iso_or_none(first.created_at if first else None),
        "last_at": iso_or_none(last.created_at if last else None),
        "last_attempt_id": attempt_id(last.delivery_id, last.chain, last.step) if last else None,
    }
