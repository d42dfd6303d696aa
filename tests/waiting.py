"""Waiting for a condition with a deadline: the only way a test waits."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["eventually", "free_port"]

T = TypeVar("T")
EVERY = 0.02  # seconds between two looks


def eventually(condition: Callable[[], T], *, within: float = 20.0, what: str = "") -> T:
    """Look until the condition gives something true, and answer that; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what or condition} (last: {found!r})")
        time.sleep(EVERY)
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
