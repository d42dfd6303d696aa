"""The store built anew beside the live one, compared with the log, and looked at as it was; on a real Apache Kafka."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, update

from projections.again import TableUnknown, dump, verify
from projections.folds.fold import Fold
from projections.log import Log
from projections.queries.offsets import folded as positions
from projections.queries.store import Store
from projections.rebuild import Told, rebuild
from projections.store.errors import StoreReplaced
from projections.store.opening import backend_of
from projections.store.shadow import RebuildRunning
from projections.store.shadows import shadow_of
from projections.tables import attempts, deliveries, metadata
from schemas.records import AttemptStatus, Outcome
from schemas.settings import Settings
from schemas.topics import Topics
from tests.broker import Broker
from tests.postgres import Postgres
from tests.projections.conftest import BOTH
from tests.projections.folding import digests_of
from tests.projections.kafka import topics_of_a_test, write
from tests.projections.projecting import has, rows, running
from tests.projections.records import (
    a_command,
    a_dead_letter,
    a_delivery,
    a_parked,
    a_rejected,
    a_request,
    an_attempt,
    an_event,
    an_operation,
)
from tests.waiting import eventually

MANY = 40


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    """Of an empty log and an empty store."""
    url = {}
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = {"database_url": postgres.url(postgres.create())}
    with topics_of_a_test(broker, tmp_path, **url) as one:
        yield one


def now() -> int:
    """A moment after all that is written."""
    return round(time.time() * 1000) + 1000


def a_history(settings: Settings, first: int = 0, last: int = MANY) -> None:
    """Something of every kind, retries and copies too, on all partitions."""
    topics = Topics(settings)
    ids = [f"dlv_{number}" for number in range(first, last)]
    sent = [a_delivery(delivery_id=one) for one in ids]
    resent = [an_attempt(delivery_id=one, status=AttemptStatus.RESENT, response_code=500) for one in ids]
    write(settings, topics.incoming_requests, *(a_request(id=f"req_{n}") for n in range(first, last)))
    write(settings, topics.incoming_requests, a_request(id=f"bad_{first}", outcome=Outcome.INVALID), b"junk")
    write(settings, topics.customer_events, *(an_event(id=f"evt_{n}") for n in range(first, last)))
    write(settings, topics.deliveries, *sent, *sent[:5])
    write(settings, topics.attempts, *resent, *(an_attempt(delivery_id=one, step=2) for one in ids))
    write(settings, topics.parked, a_parked(a_delivery(delivery_id=f"parked_{first}")))
    write(settings, topics.commands, a_command(f"cmd_{first}", delivery_id=ids[0]))
    write(settings, topics.dead_letters, a_dead_letter(sent[0], resent[0]))
    write(settings, topics.rejected, a_rejected())
    write(settings, topics.operations, an_operation(f"rsd_{first}"), partition=0)


def folded(settings: Settings, count: int) -> dict[str, str]:
    """The digests that a projector leaves once the webhook log has so many rows."""
    with running(settings) as projector:
        eventually(has(settings, count), within=60)
        eventually(lambda: is_whole(settings), within=60)
        assert projector.end() is None
    return digests_of(settings.store_url)


def is_whole(settings: Settings) -> bool:
    log = Log(settings, Fold(Topics(settings), "").topics)
    try:
        bounds = log.bounds()
    finally:
        log.close()
    store = Store(settings.store_url)
    with store.read() as connection:
        at = positions(connection)
    store.close()
    return at == {place: high for place, (_, high) in bounds.items()}


ROWS = 2 * MANY + 2  # two attempts each; one is parked, one is sent again


def lacking(settings: Settings) -> list[Any]:
    """What the store's tables and indexes lack."""
    engine = backend_of(settings.store_url).writer()
    with engine.connect() as connection:
        differing = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return list(differing)


def sizes_of_indexes(settings: Settings) -> list[Any]:
    """What SQLite's planner takes the sizes of indexes to be; PostgreSQL counts them itself."""
    if not settings.store_url.startswith("sqlite"):
        return []
    with Store(settings.store_url).read() as connection:
        return sorted(tuple(row) for row in connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1"))


def test_a_rebuilt_store_is_the_live_one_to_the_row(settings: Settings) -> None:
    a_history(settings)
    before = folded(settings, ROWS)
    sizes = sizes_of_indexes(settings)
    done = rebuild(settings, now())
    assert done.folded > 5 * MANY
    assert digests_of(settings.store_url) == before
    assert lacking(settings) == []
    assert sizes_of_indexes(settings) == sizes
    assert verify(settings, now()).differing == []
    a_history(settings, MANY, 2 * MANY)
    assert folded(settings, 2 * ROWS) != before  # a projector goes on with the new store
    rebuild(settings, now())
    assert verify(settings, now()).differing == []


class Killed(Exception):
    pass


class Dies(Told):
    """Ends the rebuild after so many steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def advance(self, records: int) -> None:
        del records
        self._left -= 1
        if self._left < 0:
            raise Killed


def test_a_rebuild_that_was_interrupted_is_gone_on_with(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.rebuild.NEAR", 0)
    monkeypatch.setattr("projections.refold.RECORDS", 20)
    monkeypatch.setattr("projections.log.CHUNK", 10)
    a_history(settings)
    before = folded(settings, ROWS)
    for steps in (1, 3, 2):
        with pytest.raises(Killed):
            rebuild(settings, now(), Dies(steps))
        assert digests_of(settings.store_url) == before  # readers have the live store all the while
    done = rebuild(settings, now())
    assert done.found > 100
    assert digests_of(settings.store_url) == before


def test_readers_and_the_projector_go_on_while_the_store_is_built_anew(settings: Settings) -> None:
    a_history(settings)
    folded(settings, ROWS)
    store = Store(settings.store_url)
    with running(settings) as projector:
        eventually(lambda: is_whole(settings), within=60)

        class Looks(Told):
            """Writes more in the middle, and reads in every step."""

            def advance(self, records: int) -> None:
                del records
                if rows(settings) == ROWS:
                    a_history(settings, MANY, MANY + 10)
                    eventually(has(settings, ROWS + 22), within=60)

        rebuild(settings, now(), Looks())
        with store.read() as connection:
            assert connection.exec_driver_sql("SELECT COUNT(*) FROM attempts").scalar() == ROWS + 22
        write(settings, Topics(settings).deliveries, a_delivery(delivery_id="later"))
        assert isinstance(projector.end(ask=False), StoreReplaced)
    store.close()
    with running(settings):
        eventually(has(settings, ROWS + 23), within=60)
    assert verify(settings, now()).differing == []


def test_two_rebuilds_at_once_are_one_too_many(settings: Settings) -> None:
    with shadow_of(settings.store_url).building(), pytest.raises(RebuildRunning):
        rebuild(settings, now())


def test_a_store_that_is_not_there_is_built(settings: Settings) -> None:
    a_history(settings)
    rebuild(settings, now())
    assert rows(settings) == ROWS
    folded(settings, ROWS)


def change(settings: Settings, *statements: Any) -> None:
    engine = backend_of(settings.store_url).writer()
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


def test_what_differs_from_the_log_is_named(settings: Settings) -> None:
    a_history(settings)
    rebuild(settings, now())
    change(
        settings,
        delete(deliveries).where(deliveries.c.delivery_id == "dlv_3"),
        update(attempts).where(attempts.c.delivery_id == "dlv_4", attempts.c.step == 2).values(status="failed"),
    )
    verdict = verify(settings, now())
    assert verdict.differing == ["deliveries", "attempts"]
    assert [str(one) for one in verdict.named] == [
        "deliveries dlv_3: is in the log and not in the store",
        "attempts dlv_4, 0, 2: status differs",
    ]


def test_the_state_of_a_time_is_what_was_written_until_then(settings: Settings) -> None:
    topics = Topics(settings)
    write(settings, topics.attempts, an_attempt(status=AttemptStatus.RESENT, response_code=500))
    moment = now() - 1000
    eventually(lambda: now() - 1000 > moment + 2)
    write(settings, topics.attempts, an_attempt(step=2))
    then = [row["status"] for name, row in dump(settings, moment) if name == "attempts"]
    since = [row["status"] for name, row in dump(settings, now(), "attempts") if name == "attempts"]
    assert (then, since) == (["resent", "queued"], ["resent", "done"])
    with pytest.raises(TableUnknown, match="attempts"):
        list(dump(settings, moment, "nosuch"))


def test_every_row_of_a_dump_can_be_written_as_json(settings: Settings) -> None:
    topics = Topics(settings)
    write(settings, topics.rejected, a_rejected())
    write(settings, topics.attempts, an_attempt())
    lines = [orjson.dumps({"table": name} | row, default=str) for name, row in dump(settings, now())]
    assert {orjson.loads(line)["table"] for line in lines} >= {"attempts", "rejected"}
