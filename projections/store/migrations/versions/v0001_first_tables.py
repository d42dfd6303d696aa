"""The first tables: the log whole, its rows, and how far each partition is folded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("site_name", sa.String(), nullable=True),
        sa.Column("site_revision", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("response_code", sa.BigInteger(), nullable=True),
        sa.Column("response_class", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("duration_us", sa.BigInteger(), nullable=True),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("resend_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("blocked_by", sa.String(), nullable=True),
        sa.Column("dns_us", sa.BigInteger(), nullable=True),
        sa.Column("connect_us", sa.BigInteger(), nullable=True),
        sa.Column("tls_us", sa.BigInteger(), nullable=True),
        sa.Column("first_byte_us", sa.BigInteger(), nullable=True),
        sa.Column("remote_ip", sa.String(), nullable=True),
    )
    op.create_index("attempts_action", "attempts", ["account", "action", "created_at"])
    op.create_index("attempts_class", "attempts", ["account", "response_class", "created_at"])
    op.create_index("attempts_code", "attempts", ["account", "response_code", "created_at"])
    op.create_index("attempts_customer", "attempts", ["account", "customer", "created_at"])
    queued = sa.text("status = 'queued'")
    columns = ["account", "site_id", "created_at"]
    op.create_index("attempts_queue", "attempts", columns, sqlite_where=queued, postgresql_where=queued)
    for name, column in (("attempts_error", "error"), ("attempts_resend", "resend_id")):
        known = sa.text(f"{column} IS NOT NULL")
        columns = ["account", column, "created_at"]
        op.create_index(name, "attempts", columns, sqlite_where=known, postgresql_where=known)
    op.create_index("attempts_key", "attempts", ["delivery_id", "chain", "step"], unique=True)
    op.create_index("attempts_site", "attempts", ["account", "site_id", "created_at"])
    op.create_index("attempts_status", "attempts", ["account", "status", "created_at"])
    op.create_index("attempts_time", "attempts", ["account", "created_at"])
    op.create_table(
        "customer_events",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("definition_id", sa.String(), nullable=True),
        sa.Column("definition_revision", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.String(), nullable=False),
    )
    op.create_index("customer_events_action", "customer_events", ["account", "action", "timestamp", "place"])
    op.create_index("customer_events_customer", "customer_events", ["account", "customer", "timestamp", "place"])
    op.create_index("customer_events_key", "customer_events", ["account", "id"], unique=True)
    op.create_index("customer_events_time", "customer_events", ["account", "timestamp", "place"])
    op.create_table(
        "dead_letters",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("response_code", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
    )
    op.create_index("dead_letters_key", "dead_letters", ["delivery_id", "chain"], unique=True)
    op.create_index("dead_letters_time", "dead_letters", ["account", "recorded_at"])
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
    )
    op.create_index("deliveries_event", "deliveries", ["event_id"])
    op.create_index("deliveries_key", "deliveries", ["delivery_id"], unique=True)
    op.create_table(
        "incoming_requests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("definition_revision", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status_code", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_path", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=True),
        sa.Column("deduplication", sa.String(), nullable=True),
        sa.Column("reprocessed_request_id", sa.String(), nullable=True),
        sa.Column("run_id", sa.String(), nullable=True),
    )
    op.create_index("incoming_requests_action", "incoming_requests", ["account", "action", "received_at"])
    op.create_index("incoming_requests_customer", "incoming_requests", ["account", "customer", "received_at"])
    op.create_index("incoming_requests_definition", "incoming_requests", ["account", "definition_id", "received_at"])
    op.create_index("incoming_requests_endpoint", "incoming_requests", ["account", "endpoint", "received_at"])
    op.create_index("incoming_requests_event", "incoming_requests", ["event_id"])
    op.create_index("incoming_requests_key", "incoming_requests", ["id"], unique=True)
    op.create_index("incoming_requests_outcome", "incoming_requests", ["account", "outcome", "received_at"])
    op.create_index("incoming_requests_status", "incoming_requests", ["account", "status_code", "received_at"])
    op.create_index("incoming_requests_time", "incoming_requests", ["account", "received_at"])
    op.create_table(
        "offsets",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "origin",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("topic_prefix", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "records",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_table(
        "rejected",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("rejected_at", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=True),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
    )
    op.create_index("rejected_key", "rejected", ["topic", "partition", "offset"], unique=True)
    op.create_index("rejected_refused", "rejected", ["refused"])
    op.create_index("rejected_time", "rejected", ["account", "rejected_at"])


def downgrade() -> None:
    op.drop_table("rejected")
    op.drop_table("records")
    op.drop_table("origin")
    op.drop_table("offsets")
    op.drop_table("incoming_requests")
    op.drop_table("deliveries")
    op.drop_table("dead_letters")
    op.drop_table("customer_events")
    op.drop_table("attempts")
