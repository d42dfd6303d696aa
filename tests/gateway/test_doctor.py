"""What the doctor says of a machine: disk, clock, files of keys."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from gateway.doctor import machine
from gateway.doctor.finding import Level
from schemas.settings import Settings


@pytest.mark.parametrize(
    ("free", "level"), [(10 * 1024**3, Level.FINE), (512 * 1024**2, Level.WARNING), (1024, Level.WRONG)]
)
def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    (found,) = machine.disk(Settings(data_dir=tmp_path / "not" / "made"))
    assert found.level is level
    assert bool(found.do) == (level is not Level.FINE)


@pytest.mark.parametrize(("ahead", "level"), [(-3600.0, Level.FINE), (0.5, Level.FINE), (60.0, Level.WRONG)])
def test_a_clock_that_is_behind_another(ahead: float, level: Level) -> None:
    (found,) = machine.clock({"Kafka": time.time() + ahead})
    assert found.level is level


def test_a_key_that_others_can_read(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("a secret")
    key.chmod(0o600)
    assert list(machine.files(Settings(data_dir=tmp_path))) == []
    key.chmod(0o640)
    (found,) = machine.files(Settings(data_dir=tmp_path))
    assert (found.level, found.do) == (Level.WRONG, f"chmod 600 {key}")
