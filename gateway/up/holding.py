"""Who works in a data folder: a file lock that the kernel lets go however its holder ends.

One `hookline up` a folder; and one broker, whose lock outlives the exec into the JVM.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.up.errors import AlreadyRunning, DataDirUnusable

__all__ = ["alone", "hold_for_good", "make_private", "wait_until_left"]

PATIENCE = 15.0  # seconds; a broker that was asked to stop needs less than one


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the folder while the supervisor runs.

    Raises:
        AlreadyRunning: another one does; names its process.
        DataDirUnusable: it cannot be made or written.
    """
    make_private(data_dir)
    with (data_dir / "up.lock").open("a+") as lock:
        if not taken(lock.fileno()):
            lock.seek(0)
            raise AlreadyRunning(
                f"`hookline up` already runs in {data_dir} (process {lock.read().strip()}): "
                "stop it, or set HOOKLINE_DATA_DIR"
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def make_private(data_dir: Path) -> None:
    """Make the data folder where it is missing; what this process writes from now on is its owner's alone.

    Raises:
        DataDirUnusable: it cannot be made or written.
    """
    os.umask(0o077)  # customers' data and keys are in there
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in data_dir.glob("hookline.db*"):
            if file.stat().st_uid == os.geteuid():
                file.chmod(0o600)  # one that an earlier version made
    except OSError as error:
        raise DataDirUnusable(f"HOOKLINE_DATA_DIR={data_dir} cannot be used: {error.strerror}") from None
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise DataDirUnusable(f"HOOKLINE_DATA_DIR={data_dir} cannot be written by this user")


def hold_for_good(folder: Path) -> None:
    """Hold the broker's folder until this process, exec or not, has ended; raises as `wait_until_left`."""
    lock = open_lock(folder)
    wait(lock, folder)
    os.set_inheritable(lock, True)


def wait_until_left(folder: Path) -> None:
    """Wait for a broker that is still stopping.

    Raises:
        AlreadyRunning: it does not stop; somebody else runs it.
    """
    lock = open_lock(folder)
    try:
        wait(lock, folder)
    finally:
        os.close(lock)


def open_lock(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / "running.lock", os.O_RDWR | os.O_CREAT, 0o644)


def wait(lock: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not taken(lock):
        if time.monotonic() > deadline:
            raise AlreadyRunning(
                f"a local Kafka already runs in {folder}: stop it, or set HOOKLINE_KAFKA_BOOTSTRAP_SERVERS to use it"
            )
        time.sleep(0.05)


def taken(lock: int) -> bool:
    """Whether the lock is ours now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
