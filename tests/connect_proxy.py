"""A small HTTP proxy that takes CONNECT: remembers what it was asked, and passes bytes both ways."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

__all__ = ["ConnectProxy"]

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\nX-Proxy: ours\r\n\r\n"
REFUSED = b"HTTP/1.1 %d No\r\nX-Proxy: ours\r\nContent-Length: 4\r\n\r\nnope"
BAD_GATEWAY = 502


class ConnectProxy:
    """On a free port of 127.0.0.1; `status` other than 200 refuses every tunnel."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.heads: list[str] = []  # of the requests, as they came
        self.passed: list[bytes] = []  # what went to sites, connection by connection
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def asked(self) -> list[str]:
        """Where tunnels were asked to, `host:port` each."""
        return [head.split(" ")[1] for head in self.heads]

    def close(self) -> None:
        """Take no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):  # a side has gone
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096) or b"\r\n\r\n"
            self.heads.append(head.decode("latin-1"))
            host, _, port = self.asked[-1].rpartition(":")
            if self.status != 200:
                client.sendall(REFUSED % self.status)
                return
            try:
                site = socket.create_connection((host.strip("[]"), int(port)), timeout=60)
            except OSError:
                client.sendall(REFUSED % BAD_GATEWAY)
                return
            with site:
                client.sendall(ESTABLISHED)
                self._pass(client, site)

    def _pass(self, client: socket.socket, site: socket.socket) -> None:
        back = threading.Thread(target=copy, args=(site, client), daemon=True)
        back.start()
        self.passed.append(copy(client, site))
        back.join(5)


def copy(source: socket.socket, sink: socket.socket) -> bytes:
    """Pass everything on until the source ends; answers what that was."""
    passed = b""
    with contextlib.suppress(OSError):  # a side has gone
        while data := source.recv(65536):
            passed += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    return passed
