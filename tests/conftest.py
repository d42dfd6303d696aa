"""Fixtures that more than one room uses: one real Apache Kafka and one real PostgreSQL a session.

Each is started when the first test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

from tests.broker import Broker
from tests.postgres import Postgres

# Machines here are shared: how long an example takes says nothing.
hypothesis.settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared machine")


SLOW_FIRST = ("tests/journeys", "tests/console", "tests/streams/agents", "tests/streams", "tests/gateway/up")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins, so that two processes end at about the same time."""
    items.sort(key=lambda item: next((n for n, room in enumerate(SLOW_FIRST) if item.nodeid.startswith(room)), 99))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for the whole session; a test takes a topic prefix of its own."""
    one = Broker(tmp_path_factory.mktemp("kafka"))
    one.start()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole session; a test takes a database of its own."""
    one = Postgres()
    try:
        one.start()
        yield one
    finally:
        one.remove()
