"""Whether a port can be listened on, said before anything starts, and with the name of the setting.

A port that is to be kept is chosen below the ephemeral range, where no outgoing connection can be sitting on it.
"""

from __future__ import annotations

import random
import socket

from gateway.up.errors import PortTaken
from schemas.settings import host_and_port

__all__ = ["is_free", "lasting_port", "require_free"]

LASTING = range(20_000, 30_000)


def is_free(host: str, port: int) -> bool:
    """Whether a server could bind there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return False
    return True


def require_free(listen: str, setting: str, what: str) -> None:
    """Check `host:port` before `what` starts there.

    Raises:
        PortTaken: names the port, and the setting that moves it.
    """
    host, port = host_and_port(listen)
    if not is_free(host, port):
        raise PortTaken(f"{what} cannot listen on {listen}: the port is taken; stop what uses it, or set {setting}")


def lasting_port(host: str) -> int:
    """A free port that will very likely be free after a restart too."""
    return next(port for port in random.sample(LASTING, len(LASTING)) if is_free(host, port))
