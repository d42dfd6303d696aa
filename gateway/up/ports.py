"""Whether a port can be listened on, said before anything starts, and with the name of the setting.

A port that is to be kept is chosen below the ephemeral range, where no outgoing connection can be sitting on it.
"""

from __future__ import annotations

import errno
import random
import socket

from gateway.up.errors import PortTaken
from schemas.settings import host_and_port

__all__ = ["is_free", "lasting_port", "require_free"]

LASTING = range(20_000, 30_000)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    return obstacle(host, port) is None


def obstacle(host: str, port: int) -> OSError | None:
    """What keeps a server from listening there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            return error
    return None


def require_free(listen: str, setting: str, what: str) -> None:
    """Check `host:port` before `what` starts there.

    Raises:
        PortTaken: names the port, and the setting that moves it.
    """
    host, port = host_and_port(listen)
    error = obstacle(host, port)
    if error is not None and error.errno == errno.EADDRINUSE:
        raise PortTaken(f"{what} cannot listen on {listen}: the port is taken; stop what uses it, or set {setting}")
    if error is not None:
        raise PortTaken(f"{what} cannot listen on {listen}: {error.strerror}; set {setting}")


def lasting_port(host: str) -> int:
    """A free port that will very likely be free after a restart too."""
    return next(port for port in random.sample(LASTING, len(LASTING)) if is_free(host, port))
