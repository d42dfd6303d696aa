"""Figures and health of a role that has no HTTP of its own, at METRICS_LISTEN: `/metrics` and `/livez`.

In a thread of the role's process: it answers as long as the process does.
"""

from __future__ import annotations

import errno
import socket
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import ClassVar

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway.up.errors import PortTaken
from schemas.metrics import Meters, Role
from schemas.settings import Settings, host_and_port

__all__ = ["MetricsServer", "listen_of", "serve_metrics"]

log = structlog.get_logger(__name__)
# `hookline up` gives each of its roles the next port.
PLACES = (Role.STREAMS, Role.COURIER, Role.PROJECTOR)


class Handler(BaseHTTPRequestHandler):
    """One request; made for each server with its registry."""

    registry: ClassVar[CollectorRegistry]
    server_version, sys_version = "Hookline", ""

    def do_GET(self) -> None:
        """Figures, or that the process lives."""
        if self.path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest(self.registry))
        elif self.path == "/livez":
            self._answer(200, "application/json", b'{"alive":true}')
        else:
            self._answer(404, "application/json", b'{"title":"there is /metrics and /livez"}')

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server has for it
        """Nothing: whoever scrapes does so all day."""


class Server(ThreadingMixIn, TCPServer):
    """Not http.server's own, which looks the machine's name up before it listens."""

    allow_reuse_address = True
    daemon_threads = True


class Server6(Server):
    """The same at an address of IPv6."""

    address_family = socket.AF_INET6


class MetricsServer:
    """Listens at `host:port`, in a thread that ends with the process.

    Raises:
        PortTaken: something else is there.
    """

    def __init__(self, listen: str, registry: CollectorRegistry) -> None:
        handler = type("Handler", (Handler,), {"registry": registry})
        host, port = host_and_port(listen)
        try:
            self._server = (Server6 if ":" in host else Server)((host, port), handler)
        except OSError as error:
            reason = "the port is taken" if error.errno == errno.EADDRINUSE else str(error)
            raise PortTaken(f"figures cannot be shown at {listen}: {reason}; set HOOKLINE_METRICS_LISTEN") from None
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve_metrics(settings: Settings, meters: Meters) -> MetricsServer | None:
    """Show a role's figures where the settings say; nothing where they say nothing."""
    if not settings.metrics_listen:
        return None
    server = MetricsServer(settings.metrics_listen, meters.registry)
    log.info("figures are shown", address=settings.metrics_listen, role=meters.role.value)
    return server


def listen_of(settings: Settings, role: str) -> str:
    """Where a role shows its figures when all roles have one setting: each has the next port; blank for others."""
    if not settings.metrics_listen or role not in set(PLACES):
        return ""
    host, port = host_and_port(settings.metrics_listen)
    number = port + PLACES.index(Role(role)) if port else 0
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
