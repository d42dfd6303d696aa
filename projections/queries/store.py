"""The store as its readers see it: connections that can change nothing, each one consistent view.

The file may be deleted and built again while a gateway runs; the next read opens the new one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from projections.store.errors import StoreUnavailable
from projections.store.sqlite import identity_of, open_reader, path_of

__all__ = ["Store", "StoreUnavailable"]


class Store:
    """Read connections to the store of a URL; safe to use from any thread, at most `connections` at once."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self._url = url
        self._path = path_of(url)
        self._connections = connections
        self._lock = threading.Lock()
        self._identity: tuple[int, int] | None = None
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
            raise StoreUnavailable(f"the store {self._path} cannot be read: {error.orig}") from None

    def _current(self) -> Engine:
        with self._lock:
            found = identity_of(self._path)
            if found is None:
                raise StoreUnavailable(f"there is no store at {self._path} yet; the projector makes it")
            if self._engine is None or found != self._identity:
                old, self._engine = self._engine, open_reader(self._url, connections=self._connections)
                self._identity = found
                if old is not None:
                    old.dispose()
            return self._engine

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None
