"""Copies of a request are found by the hash of what they have in common, reruns by the request that came first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INDEXES = {
    "incoming_requests_copies": "deduplication",
    "incoming_requests_reruns": "reprocessed_request_id",
}


def upgrade() -> None:
    for name, column in INDEXES.items():
        known = sa.text(f"{column} IS NOT NULL")
        columns = ["account", column, "received_at"]
        op.create_index(name, "incoming_requests", columns, sqlite_where=known, postgresql_where=known)
        if op.get_bind().dialect.name == "sqlite":
            insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('incoming_requests', :idx, :stat)")
            op.get_bind().execute(insert, {"idx": name, "stat": "10000000 1000000 2 1"})


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name)
