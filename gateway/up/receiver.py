"""A receiver to look at: prints each webhook message that arrives, and answers it.

A path that ends with `/status/503` is answered with that status, so that one site works while another is broken.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import orjson
from aiohttp import web

from gateway.up.ports import require_free
from schemas.settings import host_and_port

__all__ = ["run"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
WISH = re.compile(r"/status/([2-5]\d\d)$")
LARGEST = 16 * 1024 * 1024  # bytes of a message


def run(listen: str, status: int) -> int:
    """Listen until Ctrl-C or SIGTERM, answering every message with `status`."""
    require_free(listen, "--listen", "the receiver")
    host, port = host_and_port(listen)
    app = web.Application(client_max_size=LARGEST)
    app.router.add_route("*", "/{path:.*}", answer_with(status))
    web.run_app(app, host=host, port=port, print=None, access_log=None)
    return 0


def answer_with(status: int) -> Handler:
    """The handler that shows a request and answers it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        sys.stdout.write(shown(request, await request.read()) + "\n")
        sys.stdout.flush()
        wish = WISH.search(request.path)
        return web.Response(status=int(wish[1]) if wish else status)

    return handle


def shown(request: web.Request, body: bytes) -> str:
    """One line: when, what, and the message's own words where it is one of ours."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    head = f"{now} {request.method} {request.path_qs} {request.headers.get('webhook-id', '-')}"
    try:
        message = orjson.loads(body)
        return f"{head} {message['action']} {message['customer']} {orjson.dumps(message['data']).decode()}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"{head} {len(body)} bytes: {body[:500].decode('utf-8', 'replace')}"
