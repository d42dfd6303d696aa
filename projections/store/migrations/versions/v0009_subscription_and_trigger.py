"""Attempts of one subscription, and those people asked for, are found without a look at every row of an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SIZES = {"attempts_subscription": "10000000 1000000 50000 1", "attempts_trigger": "100000 10000 3000 1"}  # as in 0002


def upgrade() -> None:
    asked_for = sa.text("\"trigger\" != 'auto'")
    columns = ["account", "trigger", "created_at"]
    op.create_index("attempts_subscription", "attempts", ["account", "subscription_id", "created_at"])
    op.create_index("attempts_trigger", "attempts", columns, sqlite_where=asked_for, postgresql_where=asked_for)
    if op.get_bind().dialect.name == "sqlite":
        insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('attempts', :idx, :stat)")
        for name, sizes in SIZES.items():
            op.get_bind().execute(insert, {"idx": name, "stat": sizes})


def downgrade() -> None:
    op.drop_index("attempts_subscription")
    op.drop_index("attempts_trigger")
