"""Brings a store to the schema of this code; an empty place becomes a store.

Run by `hookline db upgrade` and by the projector at its start; any number may do it at once, one does the work.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from projections.store.errors import StoreNewer, StoreUnavailable, passes
from projections.store.sqlite import open_writer, path_of

__all__ = ["upgrade"]

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(url: str) -> None:
    """Run the migrations that a store lacks, in one transaction.

    Raises:
        StoreUnavailable: it cannot be opened or written just now.
        StoreNewer: it knows migrations that this code does not.
        FieldInvalid: the URL names no store.
    """
    path = path_of(url)
    try:
        with alone_in(path.parent):
            clear_leftovers(path)
            with writer(url) as engine, engine.begin() as connection:
                migrate(connection)
    except OSError as error:
        raise StoreUnavailable(f"the store {path} cannot be made: {error}") from None
    except CommandError as error:
        raise StoreNewer(f"{path} was made by a newer Hookline ({error}); use that one, or delete the file") from None
    except DBAPIError as error:
        if passes(error):
            raise StoreUnavailable(f"the store {path} cannot be opened: {error.orig}") from None
        raise


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def writer(url: str) -> Iterator[Engine]:
    engine = open_writer(url)
    try:
        yield engine
    finally:
        engine.dispose()


def migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def clear_leftovers(path: Path) -> None:
    """Delete what a deleted store left beside it.

    A reader of the old file may still hold its shared memory; a new file that took it over would be read wrongly.
    """
    if not path.exists():
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
