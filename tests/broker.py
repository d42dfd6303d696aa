"""A real Apache Kafka of a test session, started the way `hookline kafka run` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from gateway.up import tether
from tests.waiting import PATIENCE, eventually, free_port

__all__ = ["HOOKLINE", "Broker", "environment"]

HOOKLINE = str(Path(sys.executable).with_name("hookline"))
START = 120.0  # seconds


def environment(**settings: object) -> dict[str, str]:
    """The environment of a child: ours without HOOKLINE_*, the given settings, and a tether to this process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")}
    given = {f"HOOKLINE_{name.upper()}": str(value) for name, value in settings.items()}
    return inherited | given | {tether.VARIABLE: str(os.getpid())}


class Broker:
    """One local Kafka in a folder, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bootstrap = f"127.0.0.1:{free_port()}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "console.log").open("ab") as log:
            self.process = subprocess.Popen(
                [HOOKLINE, "kafka", "run"],
                env=environment(data_dir=self.folder, local_kafka_listen=self.bootstrap),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 100})
        eventually(lambda: self.answers(admin), within=START, what="the broker answers")

    def answers(self, admin: AdminClient) -> bool:
        """Whether it answers a question; fails at once when its process has ended."""
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "console.log").read_text("utf-8")
        try:
            return bool(admin.list_topics(timeout=0.5).brokers)
        except KafkaException:
            return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait; SIGKILL to see what it survives."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self.process = None
