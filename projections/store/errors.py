"""What can be wrong with a store, each with its remedy."""

from __future__ import annotations

from schemas.errors import HooklineError

__all__ = ["OffsetFenced", "StoreDamaged", "StoreForeign", "StoreNewer", "StoreReplaced", "StoreUnavailable"]


class StoreUnavailable(HooklineError):
    """The store cannot be read or written just now; what was to be folded is folded later."""


class StoreReplaced(HooklineError):
    """The store is no longer the one that was opened; a restart goes on with the new one."""


class StoreForeign(HooklineError):
    """The store was folded from another log than this one."""


class StoreNewer(HooklineError):
    """The store was made by a newer Hookline."""


class StoreDamaged(HooklineError):
    """What lies in the place of the store is no store, or no whole one."""


class OffsetFenced(HooklineError):
    """Another projector has folded this partition further; this one must not write."""
