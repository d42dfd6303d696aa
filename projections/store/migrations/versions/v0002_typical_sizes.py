"""What SQLite's planner is told of the indexes: how many rows share their first columns, in a store of ten million.

Without it the planner takes any index that gives the order; so one delivery of a busy account would be looked for among
all its rows. Fixed figures, so that a plan does not change under way (sqlite.org/optoverview.html, 'ANALYZE').
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Rows of an account, then rows of an account with one value, or of a value alone.
ALL, ACCOUNT, FEW = 10_000_000, 1_000_000, 2
SIZES = {
    "attempts": {
        "attempts_key": f"{ALL} {FEW} {FEW} 1",
        "attempts_time": f"{ALL} {ACCOUNT} 1",
        "attempts_status": f"{ALL} {ACCOUNT} 250000 1",
        "attempts_code": f"{ALL} {ACCOUNT} 150000 1",
        "attempts_class": f"{ALL} {ACCOUNT} 200000 1",
        "attempts_site": f"{ALL} {ACCOUNT} 50000 1",
        "attempts_customer": f"{ALL} {ACCOUNT} 20 1",
        "attempts_action": f"{ALL} {ACCOUNT} 100000 1",
        "attempts_queue": f"{ALL // 100} {ACCOUNT // 100} 500 1",
        "attempts_error": f"{ALL // 10} {ACCOUNT // 10} 20000 1",
        "attempts_resend": f"{ALL // 100} {ACCOUNT // 100} 1000 1",
    },
    "incoming_requests": {
        "incoming_requests_key": f"{ALL} 1",
        "incoming_requests_event": f"{ALL} {FEW}",
        "incoming_requests_time": f"{ALL} {ACCOUNT} 1",
        "incoming_requests_outcome": f"{ALL} {ACCOUNT} 250000 1",
        "incoming_requests_endpoint": f"{ALL} {ACCOUNT} 100000 1",
        "incoming_requests_definition": f"{ALL} {ACCOUNT} 90000 1",
        "incoming_requests_status": f"{ALL} {ACCOUNT} 200000 1",
        "incoming_requests_customer": f"{ALL} {ACCOUNT} 20 1",
        "incoming_requests_action": f"{ALL} {ACCOUNT} 110000 1",
    },
    "customer_events": {
        "customer_events_key": f"{ALL} {ACCOUNT} 1",
        "customer_events_time": f"{ALL} {ACCOUNT} {FEW} 1",
        "customer_events_customer": f"{ALL} {ACCOUNT} 20 {FEW} 1",
        "customer_events_action": f"{ALL} {ACCOUNT} 100000 {FEW} 1",
    },
    "deliveries": {"deliveries_key": f"{ALL} 1", "deliveries_event": f"{ALL} {FEW}"},
    "rejected": {
        "rejected_key": "10000 2000 100 1",
        "rejected_time": "10000 1000 1",
        "rejected_refused": "10000 1",
    },
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("ANALYZE")  # makes the table; the tables are empty, so it stays empty
    insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)")
    for table, indexes in SIZES.items():
        for index, sizes in indexes.items():
            op.get_bind().execute(insert, {"tbl": table, "idx": index, "stat": sizes})


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1")
