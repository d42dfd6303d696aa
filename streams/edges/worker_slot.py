"""The worker slot: a name that a process keeps over its restarts, and that no two have at once.

Kafka gives a member that comes back under its old name its partitions at once. Without a setting, the first free of a
few lock files of this host is taken; the kernel frees it however the process ends.
"""

from __future__ import annotations

import fcntl
import os
import socket

from schemas.settings import Settings

__all__ = ["worker_slot"]

MOST = 1000


def worker_slot(settings: Settings, role: str) -> str:
    """The member name of this process in the group of its role; held until the process ends."""
    if settings.worker_slot:
        return f"{role}-{settings.worker_slot}"
    folder = settings.data_dir / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(MOST):
        file = os.open(folder / f"{role}-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return f"{role}-{socket.gethostname()}-{number}"  # the descriptor stays open, and with it the lock
    raise OSError(f"{MOST} processes have a slot of {role} in {folder}")
