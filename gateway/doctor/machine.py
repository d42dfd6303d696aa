"""This machine: its disk, its clock, the files of DATA_DIR."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.doctor.finding import Finding, fine, warning, wrong
from schemas.settings import Settings

__all__ = ["clock", "disk", "files"]

LOW, EMPTY = 1024**3, 128 * 1024**2  # bytes
AHEAD = 2.0  # seconds that two clocks may differ: verification of senders allows minutes, people notice less
OTHERS = 0o077


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for local Kafka and the store's file."""
    folder = nearest(settings.data_dir)
    free = shutil.disk_usage(folder).free
    what = f"{free / 1024**3:.1f} GiB free under {settings.data_dir}"
    do = "make room there, or move it: HOOKLINE_DATA_DIR; local Kafka and SQLite stop when it is full"
    if not os.access(folder, os.W_OK):
        yield wrong("disk", f"{folder} cannot be written", "give it to the user that Hookline runs as")
    elif free < EMPTY:
        yield wrong("disk", what, do)
    elif free < LOW:
        yield warning("disk", what, do)
    else:
        yield fine("disk", what)


def nearest(folder: Path) -> Path:
    """The folder, or the one that it would be made in."""
    folder = folder.absolute()
    return folder if folder.exists() else nearest(folder.parent)


def clock(latest: dict[str, float]) -> Iterator[Finding]:
    """`latest`: by whom, the latest seconds since 1970 that another clock has told; ours must not be behind."""
    now = time.time()
    for who, told in latest.items():
        if told - now > AHEAD:
            what = f"this machine's clock is {told - now:.0f} s behind that of {who}"
            yield wrong("clock", what, "let both keep time by NTP: signatures and schedules depend on it")
            return
    yield fine("clock", f"not behind {' and '.join(latest)}" if latest else "nothing to compare it with")


def files(settings: Settings) -> Iterator[Finding]:
    """The generated keys are their owner's alone."""
    for name in ("secret.key", "operator.key"):
        file = settings.data_dir / name
        if file.exists() and file.stat().st_mode & OTHERS:
            yield wrong("keys", f"{file} can be read by others", f"chmod 600 {file}")
