"""A folder is held by one at a time, and let go by a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.up import holding
from gateway.up.errors import AlreadyRunning

HOLDER = """
import sys, time, pathlib
from gateway.up import holding
with holding.alone(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_told_who_holds_the_folder_and_a_kill_lets_it_go(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid}.*HOOKLINE_DATA_DIR"), holding.alone(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(60)
    with holding.alone(tmp_path):
        assert (tmp_path / "up.lock").exists()


def test_a_broker_that_does_not_leave_is_somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "PATIENCE", 0.2)
    lock = holding.open_lock(tmp_path)
    assert holding.taken(lock)
    begun = time.monotonic()
    with pytest.raises(AlreadyRunning, match="HOOKLINE_KAFKA_BOOTSTRAP_SERVERS"):
        holding.wait_until_left(tmp_path)
    assert time.monotonic() - begun >= 0.2
