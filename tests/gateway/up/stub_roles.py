"""Stands for `hookline` in the supervisor's tests: each role just lives; the gateway also answers its look-ups.

`kafka` is the real one. A role writes its process id to DATA_DIR/ROLE.pid.
"""

import http.server
import os
import sys
import time
from pathlib import Path

from gateway.up import tether
from schemas.settings import host_and_port

role = sys.argv[1]
if role == "kafka":
    os.execv(os.environ["STUB_HOOKLINE"], [os.environ["STUB_HOOKLINE"], *sys.argv[1:]])  # noqa: S606 - the real one takes over

tether.hold()
(Path(os.environ["HOOKLINE_DATA_DIR"]) / f"{role}.pid").write_text(str(os.getpid()), "ascii")
print(f"{role} lives, sites may use {os.environ.get('HOOKLINE_ALLOWED_NETWORKS', 'public addresses')}", flush=True)  # noqa: T201 - it is a program


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in {"/livez", "/readyz"} else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if role == "gateway":
    http.server.ThreadingHTTPServer(host_and_port(os.environ["HOOKLINE_LISTEN"]), Answers).serve_forever()
time.sleep(600)
