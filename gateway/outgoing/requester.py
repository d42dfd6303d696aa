"""Single requests to sites out of the gateway, in a thread of their own, by the same code as the courier's.

Names are resolved, every address is judged, libcurl dials the one that was judged, the deadline is the site's.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from schemas.proxies import Proxy
from streams.core.answer import Answer, Fault, Request
from streams.core.dialling import address_for, unresolved
from streams.edges.clock import now_ms, steady
from streams.edges.curl import Exchanges
from streams.edges.guard import Guard
from streams.edges.loop import Loop, Timer
from streams.edges.resolver import Resolver
from streams.edges.static_ip import StaticIp

__all__ = ["Busy", "Requester"]

MOST = 32  # requests at once
ENDED_WITHIN = 2.0  # seconds


class Busy(Exception):
    """As many requests as may be are under way."""


@dataclass(slots=True, eq=False)
class _Asked:
    """One request on its way to an answer."""

    request: Request
    future: Future[Answer]
    began_at: int = field(default_factory=now_ms)
    began: float = field(default_factory=steady)
    looked_up: int | None = None  # microseconds
    over: bool = False  # its look-up
    timer: Timer | None = None

    @property
    def took(self) -> int:
        return round((steady() - self.began) * 1_000_000)


class Requester:
    """Makes requests; its thread starts with the first one."""

    def __init__(self, guard: Guard, proxy: Proxy | None) -> None:
        self._guard, self._proxy = guard, proxy
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: Loop
        self._client: StaticIp
        self._exchanges: Exchanges
        self._names: Resolver
        self._under_way = 0
        self._closed = False

    def ask(self, request: Request) -> Future[Answer]:
        """Make one request; the answer is whatever came of it, a failure too.

        Raises:
            Busy: it was not begun.
        """
        with self._lock:
            if self._closed or self._under_way >= MOST:
                raise Busy
            self._under_way += 1
            self._start()
        asked = _Asked(request, Future())
        self._loop.post(lambda: self._begin(asked))
        return asked.future

    def _start(self) -> None:
        if self._thread is None:
            self._loop = Loop()
            self._names = Resolver(self._loop.post)
            self._exchanges = Exchanges(self._loop, self._guard, most=MOST, proxy=self._proxy)
            self._client = StaticIp(self._loop, self._exchanges, self._names, self._proxy)
            self._thread = threading.Thread(target=self._run, name="requester", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._closed:
            self._loop.run_once()
        self._exchanges.close()

    def _begin(self, asked: _Asked) -> None:
        host = asked.request.destination.host

        def found(addresses: tuple[str, ...]) -> None:
            self._found(asked, addresses)

        def late() -> None:
            self._names.forget(host, found)
            asked.over = True
            self._fail(asked, unresolved(asked.request))

        self._names.resolve(host, found)
        if not asked.over:
            asked.timer = self._loop.after(asked.request.timeout, late)

    def _found(self, asked: _Asked, addresses: tuple[str, ...]) -> None:
        if asked.over:
            return
        asked.over = True
        if asked.timer is not None:
            asked.timer.cancel()
            asked.looked_up = asked.took
        chosen = address_for(asked.request, addresses, self._guard.permits)
        if isinstance(chosen, Fault):
            self._fail(asked, chosen)
        else:
            self._client.start(asked.request, chosen, lambda answer: self._answered(asked, answer))

    def _fail(self, asked: _Asked, fault: Fault) -> None:
        self._answered(asked, Answer(began_at=asked.began_at, duration_us=asked.took, fault=fault))

    def _answered(self, asked: _Asked, answer: Answer) -> None:
        with self._lock:
            self._under_way -= 1
        if asked.looked_up is not None:
            answer = replace(answer, timings=replace(answer.timings, dns=asked.looked_up))
        if asked.future.set_running_or_notify_cancel():  # whoever asked may have gone
            asked.future.set_result(answer)

    async def clean_up(self, _: object) -> None:
        """`close`, when the application ends."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Break off what is under way and end the thread."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._loop.wake()
            thread.join(ENDED_WITHIN)
