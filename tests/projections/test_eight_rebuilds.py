"""One log, folded in eight ways: live, rebuilt, in other batches, killed on the way, on both databases; one digest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from projections.rebuild import rebuild
from schemas.settings import Settings
from tests.broker import Broker, environment
from tests.postgres import Postgres
from tests.projections.folding import digests_of
from tests.projections.kafka import topics_of_a_test
from tests.projections.test_rebuild import MANY, ROWS, a_history, folded, now

KILLED = -9
# A rebuild of small steps that is killed, by the kernel, in the middle of one; while the step before is being written.
DIES = """
import os, signal, sys, time
from projections import log, rebuild, refold
from schemas.settings import Settings

log.CHUNK, refold.RECORDS, rebuild.NEAR = 10, 20, 0
steps = int(sys.argv[1])

class Dies(rebuild.Told):
    def advance(self, records):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)

rebuild.rebuild(Settings(), time.time_ns() // 1_000_000 + 1000, Dies())
"""


def killed(settings: Settings, steps: int) -> None:
    own = environment(
        kafka_bootstrap_servers=settings.kafka_bootstrap_servers,
        data_dir=settings.data_dir,
        topic_prefix=settings.topic_prefix,
        partitions=settings.partitions,
        database_url=settings.database_url,
    )
    done = subprocess.run(
        [sys.executable, "-c", DIES, str(steps)], env=own, capture_output=True, check=False, timeout=90
    )
    assert done.returncode == KILLED, done.stderr


def test_eight_folds_of_one_log_are_one_store(
    broker: Broker, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with topics_of_a_test(broker, tmp_path) as sqlite:
        postgresql = sqlite.model_copy(update={"database_url": postgres.url(postgres.create())})
        a_history(sqlite)
        a_history(sqlite, MANY, 2 * MANY)
        found = [folded(settings, 2 * ROWS) for settings in (sqlite, postgresql)]  # live, on both
        for settings in (sqlite, postgresql):
            for steps in (1, 3, 2):
                killed(settings, steps)
                assert digests_of(settings.store_url) == found[0]  # readers have the live one all the while
            done = rebuild(settings, now())
            assert done.found >= 100
            found.append(digests_of(settings.store_url))
        for chunk, records in ((7, 13), (100, 1000)):
            monkeypatch.setattr("projections.log.CHUNK", chunk)
            monkeypatch.setattr("projections.refold.RECORDS", records)
            for settings in (sqlite, postgresql):
                rebuild(settings, now(), fresh=True)
                found.append(digests_of(settings.store_url))
    assert len(found) == 8
    assert all(digests == found[0] for digests in found)
