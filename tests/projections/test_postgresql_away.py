"""A PostgreSQL server that dies and comes back: nothing is lost, everybody is told, no password is seen."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from gateway.status.cluster import ClusterWatch
from projections.queries.store import Store, StoreUnavailable
from projections.store.migrate import upgrade
from schemas.topics import Topics
from tests.broker import Broker
from tests.postgres import PASSWORD, Postgres
from tests.projections.kafka import topics_of_a_test, write
from tests.projections.projecting import has, running
from tests.projections.records import a_delivery
from tests.waiting import eventually


@pytest.fixture
def server() -> Iterator[Postgres]:
    """One of its own, which may be killed."""
    one = Postgres()
    try:
        one.start()
        yield one
    finally:
        one.remove()


def test_a_server_that_crashes_and_comes_back_costs_no_row(broker: Broker, server: Postgres, tmp_path: Path) -> None:
    with topics_of_a_test(broker, tmp_path, database_url=server.url(server.create())) as settings:
        topics, watch = Topics(settings), ClusterWatch(settings)
        with structlog.testing.capture_logs() as log, running(settings) as projector:
            write(settings, topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(10)))
            eventually(has(settings, 10), within=60)
            assert watch.look().trouble == ""
            server.stop(signal.SIGQUIT)
            write(settings, topics.deliveries, *(a_delivery(delivery_id=f"dlv_{n}") for n in range(10, 20)))
            trouble = eventually(lambda: watch.look().trouble, within=60)
            assert "cannot be written" in trouble
            store = Store(settings.store_url)
            with pytest.raises(StoreUnavailable) as away, store.read():
                pass
            store.close()
            server.start()
            eventually(has(settings, 20), within=60)
            eventually(lambda: watch.look().trouble == "", within=60)
            assert projector.end() is None
        watch.close()
        assert PASSWORD not in f"{log} {trouble} {away.value}"


def test_a_wrong_password_is_said_without_it(server: Postgres) -> None:
    url = server.url("postgres").replace(PASSWORD, "another-password")
    with pytest.raises(StoreUnavailable, match="password authentication failed") as refused:
        upgrade(url)
    assert "another-password" not in str(refused.value)
