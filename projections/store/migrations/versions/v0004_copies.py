"""Copies of a request are found by the hash of what they have in common."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NAME = "incoming_requests_copies"
KNOWN = sa.text("deduplication IS NOT NULL")


def upgrade() -> None:
    columns = ["account", "deduplication", "received_at"]
    op.create_index(NAME, "incoming_requests", columns, sqlite_where=KNOWN, postgresql_where=KNOWN)
    if op.get_bind().dialect.name == "sqlite":
        insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('incoming_requests', :idx, :stat)")
        op.get_bind().execute(insert, {"idx": NAME, "stat": "10000000 1000000 2 1"})


def downgrade() -> None:
    op.drop_index(NAME)
