"""A small S3: keeps objects, and refuses what botocore would have signed otherwise.

Like S3 it takes the path apart into the key and writes the key anew before it checks, so that a path in another
encoding than S3's own is refused.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from botocore.auth import S3SigV4Auth

from streams.core.signing import OutgoingRequest
from tests.streams.core.signing.botocore_oracle import botocore_headers

SIGNED = re.compile(r"SignedHeaders=([^,]+), ")


class Server(ThreadingHTTPServer):
    """`objects` by key; `lines` are the request lines as they came."""

    daemon_threads = True

    def __init__(self, authentication: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.authentication = authentication
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.lines: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_PUT(self) -> None:
        self.server.lines.append(self.requestline)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, question, query = self.path.partition("?")
        key = unquote(path)
        rebuilt = f"http://{self.headers['Host']}{quote(key, safe='/~')}{question}{query}"
        status = 200 if self.fits(OutgoingRequest("PUT", rebuilt, tuple(self.headers.items()), body)) else 403
        if status == 200:
            self.server.objects[key.removeprefix("/")] = (self.headers["Content-Type"], body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def fits(self, request: OutgoingRequest) -> bool:
        at = datetime.strptime(request.header("x-amz-date"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        expected = botocore_headers(S3SigV4Auth, self.server.authentication, request, int(at.timestamp()) * 1000)
        return all(request.header(name) == expected[name] for name in ("authorization", "x-amz-content-sha256"))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def s3_server(authentication: dict[str, Any]) -> Iterator[Server]:
    """A server that runs while the block does."""
    with Server(authentication) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
