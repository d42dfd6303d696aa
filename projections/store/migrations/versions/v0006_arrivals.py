"""What has come since a place of the log, of one account: for those who follow a log live.

Of the webhook log only what has ended: what waits moves on, and would cost two entries an attempt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SIZES = {"attempts_place": "10000000 1000000 1", "incoming_requests_place": "10000000 1000000 1"}


def upgrade() -> None:
    ended = sa.text("status != 'queued'")
    columns = ["account", "place"]
    op.create_index("attempts_place", "attempts", columns, sqlite_where=ended, postgresql_where=ended)
    op.create_index("incoming_requests_place", "incoming_requests", columns)
    if op.get_bind().dialect.name == "sqlite":
        insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)")
        for name, sizes in SIZES.items():
            table = name.removesuffix("_place")
            op.get_bind().execute(insert, {"tbl": table, "idx": name, "stat": sizes})


def downgrade() -> None:
    op.drop_index("attempts_place")
    op.drop_index("incoming_requests_place")
