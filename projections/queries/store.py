"""The store as its readers see it: connections that can change nothing, each one consistent view.

The store may be deleted and built again while a gateway runs; the next read opens the new one.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from projections.store.backend import Backend, Identity
from projections.store.errors import StoreUnavailable
from projections.store.opening import backend_of

__all__ = ["Store", "StoreUnavailable"]

NO_TABLE = "42P01"  # SQLSTATE of a table that is not there


class Store:
    """Read connections to the store of a URL; safe to use from any thread, at most `connections` at once."""

    def __init__(self, store: str | Backend, *, connections: int = 8) -> None:
        self._backend = backend_of(store) if isinstance(store, str) else store
        self._connections = connections
        self._lock = threading.Lock()
        self._target: Identity | None = None
        self._engine: Engine | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction of its own: all it reads is of one moment.

        Raises:
            StoreUnavailable: there is no store yet, or it cannot be read just now.
        """
        engine = self._current()
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == NO_TABLE:
                raise self._missing() from None
            said = str(error.orig).strip().replace("\n", " ")
            raise StoreUnavailable(f"the store {self._backend.name} cannot be read: {said}") from None

    def _missing(self) -> StoreUnavailable:
        return StoreUnavailable(f"there is no store at {self._backend.name} yet; the projector makes it")

    def _current(self) -> Engine:
        with self._lock:
            found = self._backend.target()
            if found is None:
                raise self._missing()
            if self._engine is None or found != self._target:
                old, self._engine = self._engine, self._backend.reader(self._connections)
                self._target = found
                weakref.finalize(self, self._engine.dispose)  # whoever forgets a store has closed it
                if old is not None:
                    old.dispose()
            return self._engine

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None
