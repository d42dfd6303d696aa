"""Keeps doors shut until the configuration has been read: nothing is decided by half of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

__all__ = ["Gate", "Handler"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gate:
    """Shut at first."""

    def __init__(self) -> None:
        self.open = False

    def keep(self, handler: Handler, shut: Callable[[], web.Response]) -> Handler:
        """The handler while the gate is open, the answer of `shut` before."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await handler(request) if self.open else shut()

        return handle
