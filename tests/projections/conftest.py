"""Stores of the tests, real ones: SQLite files and PostgreSQL databases, copies of one that the migrations made.

What takes `store_url` or `make_store` runs on both; what takes `sqlite_url` or `postgresql_url` on that one.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projections.store.migrate import upgrade
from tests.postgres import Postgres

MakeStore = Callable[[], str]
BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def empty_database(postgres: Postgres) -> str:
    name = postgres.create()
    upgrade(postgres.url(name))
    return name


@pytest.fixture
def make_sqlite(empty_store: Path, tmp_path: Path) -> MakeStore:
    """Makes an empty store in a file; gives its URL."""
    count = itertools.count()

    def make() -> str:
        path = tmp_path / f"store{next(count)}.db"
        shutil.copy(empty_store, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def make_postgresql(postgres: Postgres, empty_database: str) -> Iterator[MakeStore]:
    """Makes an empty store in a database of its own; gives its URL."""
    made: list[str] = []

    def make() -> str:
        made.append(postgres.create(empty_database))
        return postgres.url(made[-1])

    yield make
    for name in made:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=BOTH)
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    """Makes an empty store; gives its URL."""
    make: MakeStore = request.getfixturevalue(f"make_{request.param}")
    return make


@pytest.fixture
def store_url(make_store: MakeStore) -> str:
    return make_store()


@pytest.fixture
def sqlite_url(make_sqlite: MakeStore) -> str:
    return make_sqlite()


@pytest.fixture
def postgresql_url(make_postgresql: MakeStore) -> str:
    return make_postgresql()
