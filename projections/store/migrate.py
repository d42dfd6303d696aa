"""Brings a store to the schema of this code; an empty place becomes a store.

Run by `hookline db upgrade` and by the projector at its start; any number may do it at once, one does the work.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from projections.store.backend import Backend
from projections.store.errors import StoreNewer, StoreUnavailable
from projections.store.opening import backend_of
from projections.store.write import failure

__all__ = ["upgrade"]

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(store: str | Backend) -> Backend:
    """Run the migrations that a store lacks, in one transaction; answers the store.

    Raises:
        StoreUnavailable: it cannot be opened or written just now.
        StoreNewer: it knows migrations that this code does not.
        StoreDamaged: what is there is no store.
        FieldInvalid: the URL names no store.
    """
    backend = backend_of(store) if isinstance(store, str) else store
    try:
        with backend.upgrading() as connection:
            migrate(connection)
            backend.settle(connection)
    except OSError as error:
        raise StoreUnavailable(f"the store {backend.name} cannot be made: {error}") from None
    except CommandError as error:
        raise StoreNewer(
            f"the store {backend.name} was made by a newer Hookline ({error}); use that one, or make it anew for this "
            "one: `hookline projections rebuild`"
        ) from None
    except DBAPIError as error:
        raise failure(backend, error) from None
    return backend


def migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
