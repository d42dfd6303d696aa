"""Ends the process at once, without clean-up: what was read and not carried is then read again by its next start."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import NoReturn

import structlog

__all__ = ["Deadline", "end_now"]

log = structlog.get_logger(__name__)
FAILED = 1


def end_now(reason: str) -> NoReturn:
    """Say why, and end with 1; from any thread, whatever the others are doing."""
    try:
        log.critical("this process ends now", reason=reason)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(FAILED)


class Deadline:
    """Ends the process after so many seconds unless it was called off."""

    def __init__(self, seconds: float, reason: str) -> None:
        self._timer = threading.Timer(seconds, end_now, (reason,))
        self._timer.daemon = True

    def start(self) -> None:
        """Begin to count; a second call does nothing."""
        if not self._timer.is_alive() and not self._timer.finished.is_set():
            self._timer.start()

    def call_off(self) -> None:
        """What it waited for has happened."""
        self._timer.cancel()
