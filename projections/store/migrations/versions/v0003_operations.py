"""Operations: jobs and transitions, each as it was last seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SIZES = {"operations_key": "10000 1", "operations_time": "10000 1000 100 1"}


def upgrade() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
    op.create_index("operations_key", "operations", ["id"], unique=True)
    op.create_index("operations_time", "operations", ["account", "kind", "created_at"])
    if op.get_bind().dialect.name == "sqlite":
        insert = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('operations', :idx, :stat)")
        for index, sizes in SIZES.items():
            op.get_bind().execute(insert, {"idx": index, "stat": sizes})


def downgrade() -> None:
    op.drop_table("operations")
