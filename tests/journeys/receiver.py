"""A receiver under a test's control: answers by a script, hangs when told to, and remembers everything.

One script a path; its last answer repeats. Without a script a path answers 200.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

__all__ = ["Answer", "Received", "Receiver"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets: after `delay` seconds; a delay longer than the site's timeout is a hang.

    `let_go` ends all delays of a path, of what waits there now and of what is to come.
    """

    status: int = 200
    body: bytes = b"ok"
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived; `at` in seconds of the monotonic clock."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return orjson.loads(self.body)

    @property
    def webhook_id(self) -> str:
        """The delivery it belongs to."""
        return self.headers["webhook-id"]


class Receiver:
    """An HTTP server on a free port of 127.0.0.1, in a thread."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answered = 0
        self._scripts: dict[str, list[Answer]] = defaultdict(lambda: [Answer()])
        self._let_go: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._thread.start()
        assert self._started.wait(60)

    def stop(self) -> None:
        """Drop what hangs, and end."""
        self._loop.call_soon_threadsafe(self._close)
        self._thread.join(60)

    def url(self, path: str = "/") -> str:
        """The address of a path, for a site."""
        return f"http://127.0.0.1:{self._port}{path}"

    def script(self, path: str, *answers: Answer | int) -> None:
        """Answer requests to the path with these, one after the other; the last repeats."""
        self._scripts[path] = [Answer(each) if isinstance(each, int) else each for each in answers]

    def let_go(self, path: str) -> None:
        """Delay nothing at a path any longer."""
        self._loop.call_soon_threadsafe(self._let_go[path].set)

    def at(self, path: str) -> list[Received]:
        """What has arrived at the path."""
        return [each for each in list(self.received) if each.path == path]

    def matching(self, test: Callable[[Received], bool]) -> list[Received]:
        """What has arrived and passes the test."""
        return [each for each in list(self.received) if test(each)]

    def _close(self) -> None:
        self._closing.set()
        for each in self._let_go.values():
            each.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self._port = runner.addresses[0][1]
        self._started.set()
        await self._closing.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(time.monotonic(), request.method, request.path, headers, body))
        script = self._scripts[request.path]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if answer.delay and not self._closing.is_set():
            await asyncio.wait([asyncio.ensure_future(self._let_go[request.path].wait())], timeout=answer.delay)
        self.answered += 1
        return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))
