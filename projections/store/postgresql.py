"""The store as a schema of a PostgreSQL database.

The schema is `hookline`; one that takes its place is made beside it and renamed, so a name leads to the new one from
one transaction to the next. synchronous_commit is off for the writer: a server that crashes may lose the last
transactions, rows and offsets together, and they are folded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from projections.store.backend import Identity

__all__ = ["NUL", "SHOWN", "PostgresqlStore"]

NUL, SHOWN = "\0", "\u2400"  # PostgreSQL's text has no U+0000; its picture stands for it
SCHEMA = "hookline"
CONNECT_SECONDS = 5
WRITER = "-c synchronous_commit=off -c lock_timeout=5000 -c client_min_messages=warning"
READER = "-c default_transaction_read_only=on -c jit=off"
UPGRADES, WRITES = 1, 2  # the first halves of advisory locks; the second is the schema's name

# Classes of SQLSTATE (PostgreSQL, appendix A) that pass: connection, transaction rolled back, resources, object in use,
# operator's intervention, system. A read-only transaction is a server that is being replaced; a second copy of a new
# partition's row is another projector's, who was a moment quicker.
PASSING = ("08", "23505", "25006", "40", "53", "55", "57", "58")
DAMAGED = ("42", "XX")  # what should be there is not, or cannot be read
NOT_IN_BYTE_ORDER = """
    SELECT c.relname, a.attname FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation
    WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind IN ('r', 'p') AND a.attnum > 0
    AND NOT a.attisdropped AND l.collname <> 'C'
"""


class Asked(StrDumperUnknown):
    """A text that is looked for, as it would have been written: PostgreSQL takes no U+0000 in a question either."""

    def dump(self, obj: str) -> Buffer | None:
        """Its bytes."""
        return super().dump(obj.replace(NUL, SHOWN))


class PostgresqlStore:
    """A schema of a database."""

    def __init__(self, url: URL, schema: str = SCHEMA) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self.schema = schema
        host = url.query.get("host") or url.host or "localhost"
        self.name = f"PostgreSQL {host}{f':{url.port}' if url.port else ''}/{url.database or ''}"

    def writer(self) -> Engine:
        """An engine of one connection, in this schema."""
        return self._engine(WRITER, 1, "READ COMMITTED", pre_ping=False)

    def reader(self, connections: int = 8) -> Engine:
        """An engine whose transactions are read-only and see one moment."""
        engine = self._engine(READER, connections, "REPEATABLE READ", pre_ping=True)
        event.listen(engine, "connect", lambda connection, _: connection.adapters.register_dumper(str, Asked))
        return engine

    def _engine(self, options: str, connections: int, isolation: str, *, pre_ping: bool) -> Engine:
        given = self._url.query.get("options", "")
        url = self._url.difference_update_query(["options"])
        return create_engine(
            url,
            connect_args={
                "options": f"{given} -c search_path={self.schema} {options}".strip(),
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "hookline",
            },
            isolation_level=isolation,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=pre_ping,
            hide_parameters=True,
        )

    def target(self) -> Identity | None:
        """The server follows the name by itself."""
        return ()

    def identity(self, connection: Connection) -> Identity | None:
        """The number of the schema."""
        found = connection.execute(text("SELECT to_regnamespace(:schema)::oid::bigint"), {"schema": self.schema})
        number = found.scalar()
        return None if number is None else (number,)

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A transaction, under a lock of the database; the schema is made if need be."""
        engine = self.writer()
        try:
            with engine.begin() as connection:
                self._lock(connection, UPGRADES)
                if self.identity(connection) is None:
                    connection.execute(text(f"CREATE SCHEMA {self.schema}"))
                yield connection
        finally:
            engine.dispose()

    def settle(self, connection: Connection) -> None:
        """Texts are compared by their bytes, whatever the database's own order: as SQLite does, and faster."""
        for table, column in connection.execute(text(NOT_IN_BYTE_ORDER), {"schema": self.schema}).all():
            connection.execute(text(f'ALTER TABLE "{table}" ALTER "{column}" TYPE VARCHAR COLLATE "C"'))

    def join_writers(self, connection: Connection) -> None:
        """Under a lock that writers share."""
        self._lock(connection, WRITES, "_shared")

    def hold_off_writers(self, connection: Connection) -> None:
        """Until this transaction ends no other one of a writer begins."""
        self._lock(connection, WRITES)

    def beside(self, schema: str) -> PostgresqlStore:
        """Another schema of this database."""
        return PostgresqlStore(self._url, schema)

    def _lock(self, connection: Connection, number: int, shared: str = "") -> None:
        lock = text(f"SELECT pg_advisory_xact_lock{shared}(:number, hashtext(:schema))")
        connection.execute(lock, {"number": number, "schema": self.schema})

    def passes(self, error: DBAPIError) -> bool:
        """By the server's code; without one nobody answered."""
        code = getattr(error.orig, "sqlstate", None)
        nobody = code is None and isinstance(error.orig, psycopg.OperationalError)
        return error.connection_invalidated or nobody or str(code).startswith(PASSING)

    def is_damage(self, error: DBAPIError) -> bool:
        """By the server's code."""
        return str(getattr(error.orig, "sqlstate", None)).startswith(DAMAGED)
