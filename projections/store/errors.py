"""What can be wrong with a store, each with its remedy; and which of the driver's errors pass by themselves."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from schemas.errors import HooklineError

__all__ = ["OffsetFenced", "StoreForeign", "StoreNewer", "StoreReplaced", "StoreUnavailable", "passes"]

# Result codes of SQLite (sqlite.org/rescode.html) for what heals when a disk has room again or a lock is let go.
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


class StoreUnavailable(HooklineError):
    """The store cannot be read or written just now; what was to be folded is folded later."""


class StoreReplaced(HooklineError):
    """The store's file is no longer the one that was opened; a restart builds the new one from the log."""


class StoreForeign(HooklineError):
    """The store was folded from another log than this one."""


class StoreNewer(HooklineError):
    """The store was made by a newer Hookline."""


class OffsetFenced(HooklineError):
    """Another projector has folded this partition further; this one must not write."""


def passes(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later: a full disk, a lock, a file that is away."""
    if error.connection_invalidated:
        return True
    name = getattr(error.orig, "sqlite_errorname", "") if isinstance(error.orig, sqlite3.Error) else ""
    return str(name).startswith(PASSING)
