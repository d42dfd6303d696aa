"""A store that is built beside the live one and takes its place: readers find the old one, then the new one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

import projections.folds
from projections.store.backend import Backend
from projections.store.errors import StoreUnavailable
from projections.store.write import Partition
from projections.tables import offsets
from schemas.errors import HooklineError

__all__ = ["RebuildRunning", "Shadow", "code_of_the_folds", "swap"]


class RebuildRunning(HooklineError):
    """Another rebuild of this store is under way."""


class Shadow(Protocol):
    """One that is being built."""

    @property
    def live(self) -> Backend:
        """The store whose place it takes."""
        ...

    @property
    def store(self) -> Backend:
        """The one that is being built."""
        ...

    def building(self) -> AbstractContextManager[None]:
        """Hold the right to build it; what other versions of the folds have begun is deleted.

        Raises:
            RebuildRunning: another process builds.
        """
        ...

    def holding_off_writers(self) -> AbstractContextManager[Connection | None]:
        """Nobody writes the live store meanwhile; its connection, or None where it cannot be opened.

        Raises:
            DBAPIError: it cannot be held just now.
        """
        ...

    def take_place(self, connection: Connection | None) -> None:
        """Become the live store, while writers of that one are held off."""
        ...

    def discard(self) -> None:
        """Delete it, whatever there is of it."""
        ...


def swap(shadow: Shadow, catch_up: Callable[[Mapping[Partition, int]], None]) -> None:
    """Put the shadow into the place of the live store, once it has all that the live one has.

    Raises:
        StoreUnavailable: the live store cannot be held just now.
    """
    live = shadow.live
    try:
        with shadow.holding_off_writers() as connection:
            catch_up(folded(live, connection))
            shadow.take_place(connection)
    except DBAPIError as error:
        if live.passes(error):
            raise StoreUnavailable(f"the store {live.name} is busy: {error.orig}; run this again") from None
        raise


def folded(live: Backend, connection: Connection | None) -> dict[Partition, int]:
    """How far the live store is, as far as that can be known."""
    if connection is None:
        return {}
    try:
        with connection.begin_nested():
            rows = connection.execute(select(offsets.c.topic, offsets.c.partition, offsets.c.next_offset)).all()
    except DBAPIError as error:
        if live.is_damage(error):
            return {}
        raise
    return {(row.topic, row.partition): row.next_offset for row in rows}


def code_of_the_folds() -> str:
    """A digest of the code that decides about rows: what one version has begun no other one goes on with."""
    found = hashlib.sha256()
    for folder in projections.folds.__path__:
        for file in sorted(Path(folder).glob("*.py")):
            found.update(file.read_bytes())
    return found.hexdigest()[:8]
