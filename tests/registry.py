"""A small schema registry of a test, over real HTTP: subjects, numbers, and a log of what was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Registry"]


class Registry:
    """Started by `start`, ended by `stop`; `schemas` by number, `subjects` with the numbers of their versions."""

    def __init__(self) -> None:
        self.schemas: dict[int, str] = {}
        self.subjects: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.authorization: set[str | None] = set()
        self.broken = False
        self._lock = threading.Lock()
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*registry.read(self.path))

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(*registry.register(self.path, sent))

            def _answer(self, status: int, body: Any) -> None:
                with registry._lock:
                    registry.asked.append(f"{self.command} {self.path}")
                    registry.authorization.add(self.headers["Authorization"])
                content = json.dumps(body).encode()
                self.send_response(500 if registry.broken else status)
                self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)

    def read(self, path: str) -> tuple[int, Any]:
        """GET /schemas/ids/{number}."""
        number = int(path.rpartition("/")[2])
        if number not in self.schemas:
            return 404, {"error_code": 40403, "message": "Schema not found"}
        return 200, {"schema": self.schemas[number]}

    def register(self, path: str, sent: dict[str, Any]) -> tuple[int, Any]:
        """POST /subjects/{subject}/versions: the same schema has the same number under every subject."""
        subject = path.split("/")[2]
        with self._lock:
            known = {text: number for number, text in self.schemas.items()}
            number = known.get(sent["schema"], len(self.schemas) + 1)
            self.schemas[number] = sent["schema"]
            versions = self.subjects.setdefault(subject, [])
            if number not in versions:
                versions.append(number)
        return 200, {"id": number}
