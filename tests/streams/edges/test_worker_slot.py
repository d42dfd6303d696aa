"""The name of a member: stable, and one process at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from schemas.settings import Settings
from streams.edges.worker_slot import worker_slot

SCRIPT = """
import sys
from pathlib import Path
from schemas.settings import Settings
from streams.edges.worker_slot import worker_slot
print(worker_slot(Settings(data_dir=Path(sys.argv[1]), worker_slot=""), "courier"), flush=True)
sys.stdin.read()
"""


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def name_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_slot_that_is_set_is_used(tmp_path: Path) -> None:
    assert worker_slot(Settings(data_dir=tmp_path, worker_slot="blue"), "courier") == "courier-blue"


def test_two_at_once_have_two_names_and_a_killed_one_leaves_its_name_to_the_next(tmp_path: Path) -> None:
    first, second = start(tmp_path), start(tmp_path)
    names = {name_of(first), name_of(second)}
    assert len(names) == 2
    first.kill()
    first.communicate()
    third = start(tmp_path)
    assert name_of(third) in names
    for process in (second, third):
        process.kill()
        process.communicate()
