"""Which database a URL names."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from projections.store.backend import Backend
from projections.store.sqlite import SqliteStore
from schemas.errors import FieldInvalid

__all__ = ["backend_of"]


def backend_of(url: str) -> Backend:
    """The store that a URL names; nothing is opened.

    Raises:
        FieldInvalid: it names neither an SQLite file nor a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is not None and parsed.get_backend_name() == "sqlite" and parsed.database:
        return SqliteStore(parsed.database)
    if parsed is not None and parsed.get_backend_name() == "postgresql":
        from projections.store.postgresql import PostgresqlStore  # noqa: PLC0415 - its driver is for those who use it

        return PostgresqlStore(parsed)
    raise FieldInvalid(
        "HOOKLINE_DATABASE_URL",
        "must name an SQLite file, such as sqlite:///hookline.db, or a PostgreSQL database, such as "
        "postgresql://user:password@host/database",
    )
