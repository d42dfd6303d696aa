"""What is older than it is kept for goes, and leaves what a fold of the rest would have made."""

from __future__ import annotations

import pytest

from projections.folds.fold import Batch, Fold
from projections.folds.places import Message
from projections.keeping import Keeping
from projections.queries import webhook_log
from projections.queries.store import Store
from projections.store import retention
from projections.store.retention import Sweep
from projections.store.write import Writer
from schemas.topics import NINETY_DAYS_MS
from tests.projections.conftest import MakeStore
from tests.projections.folding import digests_of, fold_into, moves_of
from tests.projections.records import NOW, TOPICS, a_delivery, a_message, a_rejected, a_request, an_attempt, an_event

DAY = 86_400_000  # ms
OLD, NEW = NOW - 91 * DAY, NOW - 89 * DAY


def some(first: int, last: int, at: int) -> list[Message]:
    records = [
        record
        for n in range(first, last)
        for record in (
            a_delivery(delivery_id=f"dlv_{n}", created_at=at),
            an_attempt(delivery_id=f"dlv_{n}", created_at=at),
            a_request(id=f"req_{n}", received_at=at),
            an_event(id=f"evt_{n}", timestamp=at),
            a_rejected(offset=n),
        )
    ]
    return [a_message(record, offset=first + n, timestamp=at) for n, record in enumerate(records)]


def swept(url: str, cut: int) -> tuple[int, int]:
    """How many rows went, in how many steps."""
    writer, sweep, steps = Writer(url), Sweep(cut), 0
    while writer.sweep(sweep):
        steps += 1
    writer.close()
    return sweep.deleted, steps


def test_what_is_left_is_what_a_fold_of_the_rest_makes(make_store: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS", 20)
    monkeypatch.setattr(retention, "PAGES", 1)
    log = [*some(0, 40, NEW), *some(1000, 1060, OLD), *some(2000, 2030, NEW)]  # as after a rebuild: not in their order
    whole, rest = make_store(), make_store()
    fold_into(whole, log)
    cut = NOW - NINETY_DAYS_MS
    deleted, steps = swept(whole, cut)
    assert deleted > 60 * 5
    assert steps > 10
    writer, batch, fold = Writer(rest), Batch(), Fold(TOPICS, "cluster-1", cut)
    for message in log:
        batch.add(fold.rows(message))
    writer.write(batch, moves_of(writer, log))
    writer.close()
    assert digests_of(whole) == digests_of(rest)
    assert swept(whole, cut)[0] == 0


def test_a_projector_sweeps_now_and_then_and_not_all_the_time(sqlite_url: str) -> None:
    fold_into(sqlite_url, some(0, 10, OLD))
    moment = [NOW]
    writer, keeping = Writer(sqlite_url), Keeping(lambda: moment[0])
    for _ in range(100):
        keeping.step(writer)
    store = Store(sqlite_url)
    with store.read() as connection:
        assert webhook_log.page(connection, "shop", {})["items"] == []
    fold_into(sqlite_url, some(1000, 1010, OLD))
    for _ in range(100):
        keeping.step(writer)
    with store.read() as connection:
        assert len(webhook_log.page(connection, "shop", {})["items"]) == 10
    moment[0] += 3_600_000
    for _ in range(100):
        keeping.step(writer)
    with store.read() as connection:
        assert webhook_log.page(connection, "shop", {})["items"] == []
    writer.close()
    store.close()
