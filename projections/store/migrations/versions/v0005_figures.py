"""Figures by minute, ten minutes and hour, counted from the rows that are there already."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

STEPS = (10, 15, 20, 30, 50, 70)
BOUNDS = (
    *(100 * scale * step for scale in (1, 10, 100, 1000) for step in STEPS),
    10_000_000,
    15_000_000,
    20_000_000,
    30_000_000,
    60_000_000,
)
COLUMNS = (*(f"up_to_{bound}" for bound in BOUNDS), "longer")
STATUSES = ("done", "resent", "failed")
OUTCOMES = ("accepted", "filtered", "invalid", "duplicate", "inactive", "unverified", "malformed")
SPANS = (60_000, 600_000, 3_600_000)  # ms


def upgrade() -> None:
    make("attempt_figures", "site_id", (*STATUSES, "began", "ended", *COLUMNS))
    make("answer_figures", "site_id", STATUSES, "response_code", "error")
    make("incoming_figures", "definition_id", (*OUTCOMES, *COLUMNS))
    for span in SPANS:
        for part in ("site_id", "''"):
            op.execute(attempts(span, part))
        op.execute(answers(span))
        for part in ("definition_id", "''"):
            op.execute(requests(span, part))


def downgrade() -> None:
    for name in ("attempt_figures", "answer_figures", "incoming_figures"):
        op.drop_table(name)


def make(name: str, part: str, counts: tuple[str, ...], *more: str) -> None:
    op.create_table(
        name,
        *(sa.Column(key, sa.String(), primary_key=True) for key in ("account", part)),
        *(sa.Column(key, sa.BigInteger(), primary_key=True, autoincrement=False) for key in ("span", "at")),
        *(sa.Column(key, sa.String(), primary_key=True) for key in more),
        *(sa.Column(count, sa.Integer(), nullable=False) for count in counts),
        sqlite_with_rowid=False,
    )


def attempts(span: int, part: str) -> str:
    ended = "chain = '0' AND status IN ('done', 'failed') AND \"trigger\" <> 'test'"
    counts = [*words("status", STATUSES), "0", number(ended), *durations(0)]
    nothing = ["0"] * len(counts)
    nothing[len(STATUSES)] = "COUNT(*)"  # began
    sent = grouped("attempts", ("account", part, bucket("created_at", span)), counts, 'WHERE "rank" >= 2')
    made = grouped("deliveries", ("account", part, bucket("created_at", span)), nothing)
    sums = [f"SUM({name_of(index)})" for index in range(len(counts))]
    chosen = select(["account", "part", str(span), "at", *sums])
    return f"INSERT INTO attempt_figures {chosen} FROM ({sent} UNION ALL {made}) AS both_kinds GROUP BY 1, 2, 4"


def answers(span: int) -> str:
    code = "COALESCE(CAST(response_code AS VARCHAR), '')"
    keys = ["account", "site_id", str(span), bucket("created_at", span), code, "COALESCE(error, '')"]
    chosen = select([*keys, *words("status", STATUSES)])
    return f'INSERT INTO answer_figures {chosen} FROM attempts WHERE "rank" >= 2 GROUP BY 1, 2, 4, 5, 6'


def requests(span: int, part: str) -> str:
    keys = ["account", part, str(span), bucket("received_at", span)]
    chosen = select([*keys, *words("outcome", OUTCOMES), *durations(-(2**62))])
    return f"INSERT INTO incoming_figures {chosen} FROM incoming_requests GROUP BY 1, 2, 4"


def grouped(table: str, keys: tuple[str, str, str], counts: Sequence[str], where: str = "") -> str:
    account, part, at = keys
    named = [f"{count} AS {name_of(index)}" for index, count in enumerate(counts)]
    return f"{select([account, f'{part} AS part', f'{at} AS at', *named])} FROM {table} {where} GROUP BY 1, 2, 3"


def select(columns: Sequence[str]) -> str:
    return "SELECT " + ", ".join(columns)


def name_of(index: int) -> str:
    return f"n{index}"


def bucket(column: str, span: int) -> str:
    return f"{column} - {column} % {span}"


def words(column: str, known: Sequence[str]) -> list[str]:
    return [number(f"{column} = '{word}'") for word in known]


def durations(above: int) -> list[str]:
    bounds = (above, *BOUNDS)
    within = [f"duration_us > {low} AND duration_us <= {high}" for low, high in zip(bounds, BOUNDS, strict=False)]
    return [number(condition) for condition in (*within, f"duration_us > {BOUNDS[-1]}")]


def number(condition: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"
