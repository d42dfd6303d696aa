"""The store as an SQLite file, for the one writer, or for readers that can never change it.

WAL, so that readers and the writer do not wait for each other; synchronous=NORMAL, so that no commit waits for the
disk: a power cut may take the last transactions, rows and offsets together, and they are folded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from projections.store.alone import alone_in
from projections.store.backend import Identity

__all__ = ["SqliteStore"]

BUSY_SECONDS = 5.0  # how long one statement waits for the other writer
WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-40960",  # KiB: the indexes of derived ids stay in it
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",  # pages: a page that changes often is written back less often
    "PRAGMA journal_size_limit=67108864",
)
READER_PRAGMAS = ("PRAGMA query_only=1", "PRAGMA cache_size=-8192", "PRAGMA temp_store=MEMORY")
LEFTOVERS = ("-wal", "-shm")

# Result codes (sqlite.org/rescode.html) for what heals when a disk has room again or a lock is let go.
PASSING = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_PROTOCOL",
    "SQLITE_NOMEM",
)
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")  # the last: a table is not there, or there already


class SqliteStore:
    """A file and what SQLite keeps beside it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name = str(path)

    def writer(self) -> Engine:
        """An engine whose transactions begin with the write lock, so that none fails half-way for want of it."""
        engine = create_engine(
            f"sqlite:///{self.path}",
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
        prepare(engine, WRITER_PRAGMAS, "BEGIN IMMEDIATE")
        return engine

    def reader(self, connections: int = 8) -> Engine:
        """An engine that opens the file read-only and never makes one.

        Read-only also in this: a writable connection to a file that was deleted, closing last, would delete the
        write-ahead log of the file that took its place (sqlite.org/howtocorrupt.html, 'Unlinking or renaming').
        """
        engine = create_engine(
            f"sqlite:///file:{quote(str(self.path))}?mode=ro&uri=true",
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,
        )
        prepare(engine, READER_PRAGMAS, "BEGIN")
        return engine

    def target(self) -> Identity | None:
        """Device and inode of the file: another pair is another file."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def identity(self, connection: Connection) -> Identity | None:  # noqa: ARG002 - the file says it
        """As `target`."""
        return self.target()

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """A transaction, under the lock of the folder, which is made if need be."""
        with alone_in(self.path.parent):
            if not self.path.exists():
                self.clear_leftovers()
            engine = self.writer()
            try:
                with engine.begin() as connection:
                    yield connection
            finally:
                engine.dispose()

    def clear_leftovers(self) -> None:
        """Delete what a deleted store left beside it.

        A reader of the old file may still hold its shared memory; a new file that took it over would be read wrongly.
        """
        path = self.path.resolve()  # a link may lead to it
        for suffix in LEFTOVERS:
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def settle(self, connection: Connection) -> None:
        """Nothing."""

    def join_writers(self, connection: Connection) -> None:
        """The write lock is held from the beginning of the transaction."""

    def passes(self, error: DBAPIError) -> bool:
        """By the driver's code."""
        return error.connection_invalidated or code_of(error).startswith(PASSING)

    def is_damage(self, error: DBAPIError) -> bool:
        """By the driver's code."""
        return code_of(error).startswith(DAMAGED)


def code_of(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", ""))


def prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions at moments of its own
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)
