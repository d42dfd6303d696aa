"""`hookline up`: starts all, starts again what ends, stops all, and leaves nothing behind however it goes itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.broker import HOOKLINE, Broker, environment
from tests.waiting import eventually, free_port

pytestmark = pytest.mark.journey

ROLES = ("gateway", "streams", "courier", "projector")
STUB = Path(__file__).with_name("stub_roles.py")
UP = """
import sys
from pathlib import Path
from gateway.cli.failing import in_one_line
from gateway.up.supervisor import Plan, run
from schemas.settings import Settings
with in_one_line():
    sys.exit(run(Settings(), Plan(receiver=sys.argv[2], program=Path(sys.argv[1]), joining=())))
"""


class Up:
    """One `hookline up` whose roles are stubs."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.settings: dict[str, object] = {"data_dir": folder, "listen": f"127.0.0.1:{free_port()}"} | settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, receiver: str = "") -> None:
        program = self.folder / "hookline"
        self.folder.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {STUB} "$@"\n', "utf-8")
        program.chmod(0o755)
        with self.output_file.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", UP, str(program), receiver],
                env=environment(**self.settings) | {"STUB_HOOKLINE": HOOKLINE},
                stdout=output,
                stderr=output,
            )

    @property
    def output_file(self) -> Path:
        return self.folder / "output.log"

    def output(self) -> str:
        return self.output_file.read_text("utf-8")

    def says(self, words: str, within: float = 120) -> None:
        eventually(lambda: words in self.output(), within=within, what=lambda: f"it says {words!r}: {self.output()}")

    def pid(self, role: str) -> int:
        file = self.folder / f"{role}.pid"
        return int((file.read_text("ascii") if file.exists() else "") or 0)  # it is empty while it is written

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def family(self) -> list[psutil.Process]:
        """Every process of it, itself included."""
        assert self.process is not None
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    one = Up(tmp_path / "data")
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop(signal.SIGKILL)


@pytest.fixture
def up_on_broker(tmp_path: Path, broker: Broker) -> Iterator[Up]:
    settings = {"kafka_bootstrap_servers": broker.bootstrap, "partitions": 1, "topic_prefix": f"up{os.getpid()}."}
    one = Up(tmp_path / "data", **settings)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop(signal.SIGKILL)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def test_it_starts_kafka_and_all_roles_and_sigterm_leaves_nothing_behind(up: Up) -> None:
    up.settings |= {"local_kafka_listen": f"127.0.0.1:{free_port()}", "partitions": 1}
    receiver = f"127.0.0.1:{free_port()}"
    up.start(receiver)
    up.says("Hookline is ready")
    family = up.family()
    assert len(family) == 2 + len(ROLES) + 1
    up.says(f"courier   | courier lives, sites may use 127.0.0.1/32:{receiver.rpartition(':')[2]}")
    assert (up.folder / "operator.key").stat().st_mode & 0o777 == 0o600
    assert up.stop() == 0
    assert gone(family)


def test_a_kill_of_the_supervisor_takes_everything_along_and_the_next_start_is_not_hindered(up: Up) -> None:
    up.settings |= {"local_kafka_listen": f"127.0.0.1:{free_port()}", "partitions": 1}
    up.start()
    up.says("Hookline is ready")
    family = up.family()
    up.stop(signal.SIGKILL)
    up.output_file.unlink()
    up.start()
    eventually(lambda: gone(family), what="nothing of the killed one is left")
    up.says("Hookline is ready")
    assert up.stop(signal.SIGINT) == 0


def test_a_role_that_is_killed_is_started_again(up_on_broker: Up) -> None:
    up_on_broker.start()
    up_on_broker.says("Hookline is ready")
    first = eventually(lambda: up_on_broker.pid("courier"))
    os.kill(first, signal.SIGKILL)
    eventually(lambda: up_on_broker.pid("courier") not in {0, first}, what="another courier")
    up_on_broker.says("courier ended with -9; started again")
    assert up_on_broker.stop() == 0


def test_a_second_one_in_the_same_folder_is_told_so(up_on_broker: Up) -> None:
    up_on_broker.start()
    up_on_broker.says("Hookline is ready")
    second = Up(up_on_broker.folder, **up_on_broker.settings)
    second.start()
    assert second.process is not None
    assert second.process.wait(60) == 1
    second.says("already runs in")
    assert up_on_broker.stop() == 0


def test_a_taken_gateway_port_is_one_line_and_nothing_is_started(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        up.settings["listen"] = f"127.0.0.1:{server.getsockname()[1]}"
        up.start()
        assert up.process is not None
        assert up.process.wait(60) == 1
    assert up.output().count("\n") == 1
    assert "HOOKLINE_LISTEN" in up.output()
    assert not (up.folder / "kafka").exists()


def test_an_unreachable_kafka_is_one_line_and_it_goes_on_trying(up: Up) -> None:
    up.settings |= {"kafka_bootstrap_servers": f"127.0.0.1:{free_port()}"}
    up.start()
    up.says("HOOKLINE_KAFKA_BOOTSTRAP_SERVERS")
    assert up.output().count("\n") == 1
    assert up.stop() == 0
    assert f"stopped; the data stays in {up.folder}" in up.output()
