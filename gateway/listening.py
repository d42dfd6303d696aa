"""Listens, and speaks for the server itself: what is not even HTTP is answered in JSON, without a trace in the log."""

from __future__ import annotations

import asyncio
import errno

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from gateway.incoming import answers
from gateway.incoming.bodies import DRAINED_FOR
from gateway.metrics import NOT_HTTP
from gateway.protocol import as_ours
from gateway.up.errors import PortTaken
from schemas.settings import host_and_port

__all__ = ["Listening"]

log = structlog.get_logger("gateway")
IDLE = 75.0  # seconds that a connection may be idle, and that a request's head may take
IN_FLIGHT = 5.0  # seconds that requests under way have at the stop
BACKLOG = 1024


class Door(web.RequestHandler):
    """One connection."""

    __slots__ = ()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; the server's own refusals as ours."""
        if isinstance(resp, web.HTTPException):
            resp = as_ours(request, resp)
        return await super().finish_response(request, resp, start_time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the server answers by itself: to something that is not HTTP, or to a fault of ours."""
        if isinstance(exc, HttpProcessingError):
            NOT_HTTP.inc()
            log.debug("not HTTP", remote=request.remote, reason=exc.message)
        elif isinstance(exc, ConnectionError | web.RequestPayloadError):
            log.debug("the caller went away or sent no whole body", remote=request.remote)
        else:
            log.error("a request failed", remote=request.remote, status=status, detail=message, exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if isinstance(exc, LineTooLong):
            return answers.head_too_large()
        return answers.not_http() if status < web.HTTPInternalServerError.status_code else answers.failed()

    def log_exception(self, *args: object, **kw: object) -> None:
        """What the server met besides; a caller that goes away in its body is no fault of ours."""
        error = kw.get("exc_info")
        if not isinstance(error, ConnectionError | web.RequestPayloadError):
            log.error("a connection failed", detail=args[0] if args else "", exc_info=error)


class Listening:
    """An application at an address."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=IDLE, lingering_time=DRAINED_FOR, shutdown_timeout=IN_FLIGHT
        )
        self._server: asyncio.Server | None = None

    async def start(self, listen: str) -> None:
        """Accept connections at `host:port`.

        Raises:
            PortTaken: something else is there, or the address is none of this machine's.
        """
        await self._runner.setup()
        host, port = host_and_port(listen)
        try:
            self._server = await asyncio.get_running_loop().create_server(self._door, host, port, backlog=BACKLOG)
        except OSError as error:
            await self._runner.cleanup()
            taken = error.errno == errno.EADDRINUSE
            reason = "the port is taken; stop what uses it" if taken else str(error)
            raise PortTaken(f"the gateway cannot listen on {listen}: {reason}, or set HOOKLINE_LISTEN") from None

    def _door(self) -> Door:
        return Door(
            self._manager,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # None is what turns it off
            keepalive_timeout=IDLE,
            lingering_time=DRAINED_FOR,
            max_line_size=answers.LONGEST_LINE,
            max_field_size=answers.LONGEST_LINE,
            auto_decompress=False,  # see gateway/incoming/bodies.py
        )

    @property
    def _manager(self) -> web.Server:
        if self._runner.server is None:
            raise RuntimeError("nothing listens before it is set up")
        return self._runner.server

    @property
    def port(self) -> int:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("nothing listens before it is started")
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """No new connections; what is under way ends, within its time."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()
