"""One wide line an attempt: all that is worth knowing, and no secret. It is counted, too."""

from __future__ import annotations

from typing import Any

import structlog

from schemas.records import Attempt, AttemptStatus
from streams.edges.logs import Lines
from streams.edges.metrics import ATTEMPT_SECONDS, ATTEMPTS, DEAD

__all__ = ["AttemptLog"]

log: Any = structlog.get_logger("courier")


class AttemptLog:
    """Says it; `lines` writes it."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def attempt(self, row: Attempt) -> None:
        """An attempt that is being recorded."""
        self._lines.info("attempt", fields(row))
        ATTEMPTS[row.status].inc()
        if row.status is AttemptStatus.FAILED:
            DEAD.inc()
        if row.request_method:  # what ends unsent took no time
            ATTEMPT_SECONDS.observe(row.duration_us / 1_000_000)

    @staticmethod
    def lost(row: Attempt) -> None:
        """An attempt whose partition went to another courier, which makes it again."""
        log.warning("attempt not recorded, its partition was lost", **fields(row))


def fields(row: Attempt) -> dict[str, object]:
    return {
        "delivery_id": row.delivery_id,
        "step": row.step,
        "account": row.account,
        "site": row.site_name or row.site_id,
        "action": row.action,
        "status": row.status.value,
        "code": row.response_code,
        "error": row.error.value if row.error else None,
        "duration_ms": row.duration_us / 1000,
    }
