"""Ties a process to the supervisor that started it: when that is gone, however it went, the kernel ends this one.

The supervisor puts its process id into the environment; a process without it was started by hand and is free.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

__all__ = ["VARIABLE", "hold"]

VARIABLE = "HOOKLINE_SUPERVISOR"
PR_SET_PDEATHSIG = 1


def hold(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Ask for the signal at the supervisor's death; it stays asked for across an exec."""
    supervisor = os.environ.get(VARIABLE)
    if supervisor is None or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal.value)
    if os.getppid() != int(supervisor):
        sys.exit(1)  # it died before we asked
