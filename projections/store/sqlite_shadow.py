"""An SQLite store that is built beside the live one.

The live store's name becomes a symbolic link to the new file. So each file keeps its own write-ahead log, by its own
name, and whoever still reads the old one is not disturbed.
"""

from __future__ import annotations

import fcntl
import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from projections.store.shadow import RebuildRunning, code_of_the_folds
from projections.store.sqlite import SqliteStore

__all__ = ["SqliteShadow"]

BESIDE = ("", "-wal", "-shm", "-journal")


class SqliteShadow:
    """`NAME.rebuild-CODE` beside a store `NAME`; in its place `NAME.1`, `NAME.2` and so on."""

    def __init__(self, live: SqliteStore) -> None:
        self.live = live
        self._path = link_of(live.path)
        self.store = SqliteStore(self._path.with_name(f"{self._path.name}.rebuild-{code_of_the_folds()}"))
        self._old: Path | None = None

    @contextmanager
    def building(self) -> Iterator[None]:
        """Under a lock that the kernel lets go however its holder ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f"{self._path.name}.rebuild-lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RebuildRunning(f"another process already rebuilds the store {self.live.name}") from None
            for other in self._path.parent.glob(f"{self._path.name}.rebuild-*"):
                if not other.name.startswith((self.store.path.name, lock.name.rpartition("/")[2])):
                    other.unlink(missing_ok=True)
            yield

    @contextmanager
    def holding_off_writers(self) -> Iterator[Connection | None]:
        """By the write lock of its file."""
        self._old = self._path.resolve() if self._path.exists() else None
        if self._old is None:
            yield None
            return
        engine = self.live.writer()
        try:
            try:
                connection = engine.connect()
                transaction = connection.begin()
            except DBAPIError as error:
                if not self.live.is_damage(error):
                    raise
                yield None  # nobody can write a file that is no store
            else:
                with connection:
                    yield connection
                    transaction.rollback()
        finally:
            engine.dispose()
            self._clear()

    def take_place(self, connection: Connection | None) -> None:  # noqa: ARG002 - a file's name is no transaction's
        """Put everything into one file, give it a number, lead the name to it."""
        with closing(sqlite3.connect(self.store.path)) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        numbers = (self._path.with_name(f"{self._path.name}.{number}") for number in itertools.count(1))
        path = next(free for free in numbers if not free.exists())
        self.store.path.rename(path)
        link = self._path.with_name(f"{self._path.name}.rebuild-link")
        link.unlink(missing_ok=True)
        link.symlink_to(path.name)
        link.replace(self._path)

    def _clear(self) -> None:
        """Delete what is no longer the live store; those who have it open go on reading it."""
        if self._old is not None and self._path.resolve() != self._old:
            # A file of the name itself has been replaced by the link.
            delete(self._old, BESIDE[1:] if self._old.name == self._path.name else BESIDE)

    def discard(self) -> None:
        """The file and what SQLite keeps beside it."""
        delete(self.store.path)


def delete(path: Path, suffixes: Sequence[str] = BESIDE) -> None:
    for suffix in suffixes:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def link_of(path: Path) -> Path:
    """The name that is to lead to the store: of a link that is not ours, what it leads to."""
    while path.is_symlink() and not is_ours(path):
        path = path.parent / path.readlink()
    return path


def is_ours(link: Path) -> bool:
    target = str(link.readlink())
    return target.startswith(f"{link.name}.") and target.removeprefix(f"{link.name}.").isdigit()
