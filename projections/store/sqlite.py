"""Opens the SQLite file of the store: for the one writer, or for readers that can never change it.

WAL, so that readers and the writer do not wait for each other; synchronous=NORMAL, so that no commit waits for the
disk: a power cut may take the last transactions, rows and offsets together, and they are folded again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from schemas.errors import FieldInvalid

__all__ = ["identity_of", "open_reader", "open_writer", "path_of"]

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


def path_of(url: str) -> Path:
    """The file that a store's URL names.

    Raises:
        FieldInvalid: it is no URL of an SQLite file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise FieldInvalid("HOOKLINE_DATABASE_URL", "must name an SQLite file, such as sqlite:///hookline.db")
    return Path(parsed.database)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Device and inode of a file: another pair is another file. None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def open_writer(url: str) -> Engine:
    """An engine whose transactions begin with the write lock, so that none fails half-way for want of it."""
    engine = create_engine(
        f"sqlite:///{path_of(url)}", connect_args={"timeout": BUSY_SECONDS}, pool_size=1, max_overflow=0
    )
    prepare(engine, WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    return engine


def open_reader(url: str, *, connections: int = 8) -> Engine:
    """An engine that opens the file read-only and never makes one.

    Read-only also in this: a writable connection to a file that was deleted, closing last, would delete the
    write-ahead log of the file that took its place (sqlite.org/howtocorrupt.html, 'Unlinking or renaming').
    """
    engine = create_engine(
        f"sqlite:///file:{quote(str(path_of(url)))}?mode=ro&uri=true",
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=connections,
        max_overflow=0,
    )
    prepare(engine, READER_PRAGMAS, "BEGIN")
    return engine


def prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions at moments of its own
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)
