"""The store's schema: migrations and tables agree, rows fit their tables, and each filter has an index to go by."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event

from projections.folds.rows import SHAPES
from projections.queries import events, incoming_log, queue, webhook_log
from projections.queries.store import Store, StoreUnavailable
from projections.store.errors import StoreDamaged, StoreNewer
from projections.store.merge import table_of
from projections.store.migrate import upgrade
from projections.store.opening import backend_of
from projections.tables import metadata
from schemas.errors import FieldInvalid


def test_the_migrations_make_exactly_the_tables_of_the_code(store_url: str) -> None:
    engine = backend_of(store_url).writer()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


@pytest.mark.parametrize("row", SHAPES, ids=lambda row: row.__name__)
def test_a_row_has_the_columns_of_its_table_in_their_order(row: type[Any]) -> None:
    assert row._fields == tuple(column.name for column in table_of(row).columns)


def test_a_second_upgrade_changes_nothing(sqlite_url: str) -> None:
    store_url = sqlite_url
    path = Path(store_url.removeprefix("sqlite:///"))
    before = path.read_bytes()
    upgrade(store_url)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_left_alone_and_says_so(store_url: str) -> None:
    engine = backend_of(store_url).writer()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StoreNewer, match="newer Hookline"):
        upgrade(store_url)


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/a/b/hookline.db")
    assert (tmp_path / "a/b/hookline.db").exists()


def test_a_url_that_names_no_file_is_refused() -> None:
    with pytest.raises(FieldInvalid, match="an SQLite file"):
        upgrade("mysql://localhost/hookline")


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is not a database, it only has its name" * 100)
    with pytest.raises(
        StoreDamaged, match=r"x\.db is damaged \(file is not a database\); `hookline projections rebuild`"
    ):
        upgrade(f"sqlite:///{tmp_path}/x.db")


def test_a_migration_that_something_has_cut_short_is_said_with_its_remedy(store_url: str) -> None:
    engine = backend_of(store_url).writer()
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    engine.dispose()
    with pytest.raises(StoreDamaged, match=r"already exists.*`hookline projections rebuild`"):
        upgrade(store_url)


def test_a_store_whose_pages_are_damaged_is_said_with_its_remedy(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 200_000)
    with pytest.raises(StoreDamaged, match=r"malformed.*`hookline projections rebuild`"):
        upgrade(sqlite_url)


CASES = [
    (webhook_log, {}, "attempts_time"),
    (webhook_log, {"status": "failed"}, "attempts_status"),
    (webhook_log, {"response_code": "503"}, "attempts_code"),
    (webhook_log, {"response_code": "5xx"}, "attempts_class"),
    (webhook_log, {"response_code": "none"}, "attempts_class"),
    (webhook_log, {"action": "test"}, "attempts_action"),
    (webhook_log, {"customer": "c-1"}, "attempts_customer"),
    (webhook_log, {"customer": "c-1", "status": "failed", "site_id": "s"}, "attempts_customer"),
    (webhook_log, {"site_id": "s"}, "attempts_site"),
    (webhook_log, {"error": "dns"}, "attempts_error"),
    (webhook_log, {"resend_id": "r"}, "attempts_resend"),
    (webhook_log, {"subscription_id": "s"}, "attempts_subscription"),
    (webhook_log, {"trigger": "bulk"}, "attempts_trigger"),
    (webhook_log, {"trigger": "auto"}, "attempts_time"),
    (webhook_log, {"delivery_id": "d"}, "attempts_key"),
    (webhook_log, {"event_id": "e"}, "attempts_key"),
    (queue, {}, "attempts_status"),
    (queue, {"site_id": "s", "reason": "parked"}, "attempts_queue"),
    (queue, {"delivery_id": "d"}, "attempts_key"),
    (incoming_log, {}, "incoming_requests_time"),
    (incoming_log, {"outcome": "invalid"}, "incoming_requests_outcome"),
    (incoming_log, {"endpoint": "x"}, "incoming_requests_endpoint"),
    (incoming_log, {"definition_id": "x"}, "incoming_requests_definition"),
    (incoming_log, {"status_code": "422"}, "incoming_requests_status"),
    (incoming_log, {"customer": "c-1"}, "incoming_requests_customer"),
    (incoming_log, {"action": "x"}, "incoming_requests_action"),
    (incoming_log, {"event_id": "e"}, "incoming_requests_event"),
    (events, {}, "customer_events_time"),
    (events, {"customer": "c-1"}, "customer_events_customer"),
    (events, {"action": "x"}, "customer_events_action"),
]


def plan(store: Store, module: Any, parameters: Mapping[str, str]) -> list[str]:
    """How SQLite goes about the list's own query."""
    statements: list[tuple[str, Any]] = []
    with store.read() as connection:

        @event.listens_for(connection, "before_cursor_execute")
        def note(_connection: Connection, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            if statement.startswith("SELECT"):
                statements.append((statement, values))

        module.page(connection, "shop", parameters)
        statement, values = statements[0]
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize(("module", "parameters", "index"), CASES)
def test_a_list_goes_by_the_index_of_its_filter(
    sqlite_url: str, module: Any, parameters: dict[str, str], index: str
) -> None:
    store = Store(sqlite_url)
    steps = plan(store, module, parameters)
    store.close()
    assert f"INDEX {index} " in steps[0], steps
    if not index.endswith(("_key", "_event")):
        assert not [step for step in steps if step == "USE TEMP B-TREE FOR ORDER BY"]


def test_a_reader_opens_the_store_that_took_the_place_of_another(sqlite_url: str) -> None:
    store_url = sqlite_url
    path = Path(store_url.removeprefix("sqlite:///"))
    store = Store(store_url)
    with store.read() as connection:
        webhook_log.page(connection, "shop", {})
        path.unlink()
    with pytest.raises(StoreUnavailable, match="no store"), store.read():
        pass
    upgrade(store_url)
    other = sqlite3.connect(path)
    other.execute("INSERT INTO offsets VALUES ('t', 0, 5, 5, 0)")
    other.commit()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT next_offset FROM offsets").scalar() == 5
    store.close()
    assert Path(f"{path}-wal").exists()  # closing the readers took nothing from the writer
    other.close()


def test_a_reader_cannot_write(store_url: str) -> None:
    store = Store(store_url)
    with pytest.raises(StoreUnavailable, match=r"read-?only"), store.read() as connection:
        connection.exec_driver_sql("DELETE FROM attempts")
    store.close()
