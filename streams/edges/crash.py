"""Named points at which a test makes this process end as a kill would: HOOKLINE_CRASH_AT=<point>. For tests only.

Points: `courier.after_retry` (the follower is acknowledged, the attempt's row not yet written) and
`courier.after_attempt` (the row is acknowledged, its offset not yet committed).
"""

from __future__ import annotations

import os
import signal

__all__ = ["AFTER_ATTEMPT", "AFTER_RETRY", "reached"]

AFTER_RETRY = "courier.after_retry"
AFTER_ATTEMPT = "courier.after_attempt"

POINT = os.environ.get("HOOKLINE_CRASH_AT", "")


def reached(point: str) -> None:
    """End here, at once and without any clean-up, when this is the point that was asked for."""
    if point == POINT:
        os.kill(os.getpid(), signal.SIGKILL)
