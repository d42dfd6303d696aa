"""Waiting for a condition with a deadline: the only way a test waits."""

from __future__ import annotations

import contextlib
import random
import socket
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["PATIENCE", "eventually", "free_port"]

T = TypeVar("T")
PORTS = (12_000, 32_000)
DRAW = random.SystemRandom()  # two processes of tests must not draw the same ports
EVERY = 0.02  # seconds between two looks
PATIENCE = 60.0  # seconds; a machine that does much else is slow, and a test that passes waits for none of them


def eventually(condition: Callable[[], T], *, within: float = PATIENCE, what: str | Callable[[], str] = "") -> T:
    """Look until the condition gives something true, and answer that; AssertionError after `within` seconds.

    `what` is waited for; a function is asked for it only when it did not come, so that it tells how things stand then.
    """
    began = looked = time.monotonic()
    while not (found := condition()):
        now = time.monotonic()
        if now > began + within:
            said = what() if callable(what) else what
            raise AssertionError(f"not within {within:g} s: {said or condition} (last: {found!r})")
        time.sleep(max(EVERY, (now - looked) / 2))  # what is looked at goes on the better for it
        looked = time.monotonic()
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now, below those that the system gives to outgoing connections."""
    while True:
        port = DRAW.randrange(*PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
