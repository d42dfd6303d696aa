"""A PostgreSQL store that is built beside the live one: a schema of its own, which takes its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from projections.store.postgresql import SCHEMA, PostgresqlStore
from projections.store.shadow import RebuildRunning, code_of_the_folds

__all__ = ["PostgresqlShadow"]

OLD = f"{SCHEMA}_old"
OTHERS = text(
    "SELECT nspname FROM pg_namespace WHERE (nspname LIKE :pattern OR nspname = :old) AND nspname <> :own ORDER BY 1"
)


class PostgresqlShadow:
    """`hookline_rebuild_CODE` beside `hookline`."""

    def __init__(self, live: PostgresqlStore) -> None:
        self.live = live
        self.store = live.beside(f"{SCHEMA}_rebuild_{code_of_the_folds()}")

    @contextmanager
    def building(self) -> Iterator[None]:
        """Under a lock of the database, which the server lets go however its holder ends."""
        engine = self.live.writer()
        try:
            with engine.connect() as connection:
                mine = connection.execute(text("SELECT pg_try_advisory_lock(3, hashtext(:name))"), {"name": SCHEMA})
                if not mine.scalar():
                    raise RebuildRunning(f"another process already rebuilds the store {self.live.name}")
                pattern = f"{SCHEMA}\\_rebuild\\_%"
                asked = {"pattern": pattern, "old": OLD, "own": self.store.schema}
                for name in connection.execute(OTHERS, asked).scalars().all():
                    drop(connection, name)
                connection.commit()
                yield
        finally:
            engine.dispose()

    @contextmanager
    def holding_off_writers(self) -> Iterator[Connection]:
        """By the lock that writers share; the old schema goes when the transaction has ended."""
        engine = self.live.writer()
        try:
            with engine.begin() as connection:
                self.live.hold_off_writers(connection)
                yield connection
            with engine.begin() as connection:
                drop(connection, OLD)
        finally:
            engine.dispose()

    def take_place(self, connection: Connection | None) -> None:
        """Two renames in one transaction: a name leads to the new schema from its commit on."""
        assert connection is not None  # noqa: S101 - of this server there always is one
        drop(connection, OLD)
        if self.live.identity(connection) is not None:
            connection.execute(text(f"ALTER SCHEMA {SCHEMA} RENAME TO {OLD}"))
        connection.execute(text(f"ALTER SCHEMA {self.store.schema} RENAME TO {SCHEMA}"))

    def discard(self) -> None:
        """The schema with all that is in it."""
        engine = self.live.writer()
        try:
            with engine.begin() as connection:
                drop(connection, self.store.schema)
        finally:
            engine.dispose()


def drop(connection: Connection, schema: str) -> None:
    connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
