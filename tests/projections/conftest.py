"""Stores of the tests: real SQLite files, copies of one that the migrations made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from projections.store.migrate import upgrade

MakeStore = Callable[[], str]


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def make_store(empty_store: Path, tmp_path: Path) -> MakeStore:
    """Makes an empty store; gives its URL."""
    count = iter(range(1_000_000))

    def make() -> str:
        path = tmp_path / f"store{next(count)}.db"
        shutil.copy(empty_store, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def store_url(make_store: MakeStore) -> str:
    return make_store()
