"""Which shadow belongs to a store."""

from __future__ import annotations

from projections.store.backend import Backend
from projections.store.opening import backend_of
from projections.store.shadow import Shadow
from projections.store.sqlite import SqliteStore
from projections.store.sqlite_shadow import SqliteShadow

__all__ = ["shadow_of"]


def shadow_of(url: str) -> Shadow:
    """The store that is built beside the one of a URL.

    Raises:
        FieldInvalid: the URL names no store.
    """
    live: Backend = backend_of(url)
    if isinstance(live, SqliteStore):
        return SqliteShadow(live)
    from projections.store.postgresql import PostgresqlStore  # noqa: PLC0415 - its driver is for those who use it
    from projections.store.postgresql_shadow import PostgresqlShadow  # noqa: PLC0415

    assert isinstance(live, PostgresqlStore)  # noqa: S101 - there is no third kind
    return PostgresqlShadow(live)
