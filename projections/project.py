"""The role `hookline projector`: folds the log into the store until it is told to stop.

Exit code 0 after SIGTERM or SIGINT; anything it cannot go on with is one line in the log and exit code 1.
"""

from __future__ import annotations

import signal
import time
from threading import Event

import structlog

from projections.follow import Projector
from schemas.errors import HooklineError
from schemas.settings import Settings

__all__ = ["run"]

log = structlog.get_logger(__name__)


def run(settings: Settings) -> int:
    """Run one projector in the main thread of this process; the exit code."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("projector starting", kafka=settings.bootstrap_servers)
    try:
        Projector(settings, stop, lambda: time.time_ns() // 1_000_000).run()
    except HooklineError as error:
        log.error("the projector cannot go on", reason=str(error))  # noqa: TRY400 - it is no bug
        return 1
    except Exception:
        log.exception("the projector has failed")
        return 1
    log.info("projector stopped")
    return 0
