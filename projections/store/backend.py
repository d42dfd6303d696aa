"""Where the rows are kept: what SQLite and PostgreSQL each do in their own way; all else is one code path."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

__all__ = ["Backend", "Identity"]

Identity = tuple[int, ...]  # of the store that a name leads to; another one means that it was replaced


class Backend(Protocol):
    """One store; `name` says for people where it is, and never has a password."""

    name: str

    def writer(self) -> Engine:
        """An engine for the one connection that writes."""
        ...

    def reader(self, connections: int) -> Engine:
        """An engine whose connections change nothing, each transaction one consistent view."""
        ...

    def target(self) -> Identity | None:
        """What a reader's engine made now would lead to; None where there is surely nothing."""
        ...

    def identity(self, connection: Connection) -> Identity | None:
        """Which store the name leads to, as a writer's transaction sees it."""
        ...

    def upgrading(self) -> AbstractContextManager[Connection]:
        """A transaction that no other process's upgrade runs beside, in a place that was made if need be.

        Raises:
            OSError: it cannot be made.
            DBAPIError: as it says.
        """
        ...

    def settle(self, connection: Connection) -> None:
        """What is to be done after migrations, which are written for any database."""
        ...

    def join_writers(self, connection: Connection) -> None:
        """Nobody puts another store in the place of this one until this transaction ends."""
        ...

    def passes(self, error: DBAPIError) -> bool:
        """Whether the same statement may succeed later: a full disk, a lock, a file or a server that is away."""
        ...

    def is_damage(self, error: DBAPIError) -> bool:
        """Whether the store itself is not as it should be."""
        ...
