"""The process `hookline gateway`: what it says and how it ends, with and without Kafka, on a port that is taken."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import HOOKLINE, environment
from tests.waiting import eventually, free_port


class Process:
    """A gateway without a broker."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.port = free_port()
        self.said = folder / "gateway.log"
        given: dict[str, object] = {
            "data_dir": folder,
            "listen": f"127.0.0.1:{self.port}",
            "kafka_bootstrap_servers": f"127.0.0.1:{free_port()}",
            "secret_key": "the secret key of a test",
            "operator_key": "hk_x",
        }
        with self.said.open("wb") as log:
            variables = environment(**(given | settings))
            self.process = subprocess.Popen([HOOKLINE, "gateway"], env=variables, stdout=log, stderr=log)

    def status(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    @property
    def lines(self) -> list[str]:
        return self.said.read_text("utf-8").splitlines()


@pytest.fixture
def started() -> Iterator[list[Process]]:
    made: list[Process] = []
    yield made
    for each in made:
        each.process.kill()
        each.process.wait(60)


def test_without_kafka_it_says_so_once_lives_and_tries_on(tmp_path: Path, started: list[Process]) -> None:
    gateway = Process(tmp_path)
    started.append(gateway)
    eventually(lambda: gateway.status("/livez") == 200, what="it lives")
    assert gateway.status("/readyz") == 503
    assert gateway.status("/beta/webhooks/custom/shop/points") == 503
    eventually(lambda: any("Kafka does not answer" in line for line in gateway.lines), what="it says so")
    assert sum("Kafka does not answer" in line for line in gateway.lines) == 1
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.process.wait(60) == 0


def test_a_taken_port_names_the_setting(tmp_path: Path, started: list[Process]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gateway = Process(tmp_path, listen=f"127.0.0.1:{server.getsockname()[1]}")
        started.append(gateway)
        assert gateway.process.wait(60) == 1
    assert "HOOKLINE_LISTEN" in gateway.lines[-1]
    assert not any("Traceback" in line for line in gateway.lines)


def test_without_an_operator_key_it_does_not_start(tmp_path: Path, started: list[Process]) -> None:
    gateway = Process(tmp_path, operator_key="")
    started.append(gateway)
    assert gateway.process.wait(60) == 1
    assert "HOOKLINE_OPERATOR_KEY" in gateway.lines[-1]
