"""Ids in order of time (RFC 9562, UUID version 7): rows keyed by them go to the end of their index. And new secrets."""

from __future__ import annotations

import base64
import os
import threading
import time

__all__ = ["random_secret", "time_ordered"]

FRACTION_BITS = 12  # of a millisecond
SECRET_BYTES = 32
RANDOM = (1 << 62) - 1
VARIANT = 1 << 63

_lock = threading.Lock()
_last = 0


def time_ordered(prefix: str) -> str:
    """`prefix_` and 32 hex digits; later ids of one process are greater."""
    global _last  # noqa: PLW0603 - the one thing that this process remembers of the ids it made
    with _lock:
        _last = stamp = max((time.time_ns() << FRACTION_BITS) // 1_000_000, _last + 1)
    random = int.from_bytes(os.urandom(8)) & RANDOM
    return f"{prefix}_{stamp >> FRACTION_BITS:012x}7{stamp & 0xFFF:03x}{VARIANT | random:016x}"


def random_secret() -> str:
    """A secret of Standard Webhooks."""
    return f"whsec_{base64.b64encode(os.urandom(SECRET_BYTES)).decode()}"
