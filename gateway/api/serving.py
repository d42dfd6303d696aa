"""Serves operations over HTTP: who calls, whose account, the query, the body; then the operation; errors last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog
from aiohttp import hdrs, web
from pydantic import ValidationError

from gateway.api.answers import Download, EventStream, respond, send, stream
from gateway.api.callers import Caller
from gateway.api.entering import Entrance
from gateway.api.operations import Access, Call, Operation
from gateway.api.problems import Problem, missing, problem_of, respond_problem
from gateway.api.validation import field_errors
from gateway.forwarded import Forwarded
from gateway.gate import Gate, Handler
from gateway.incoming.bodies import BodyBroken, BodySlow, BodyTooLarge, EncodingRefused, read_body
from schemas.errors import HooklineError
from schemas.json_text import JsonMalformed, parse
from streams.core.configuration import Configuration
from streams.core.tracing import HEADER as TRACE_HEADER
from streams.core.tracing import trace_parent

__all__ = ["Serving", "no_such_path", "without_query"]

log = structlog.get_logger(__name__)
JSON = "application/json"
LAST_EVENT_ID = "Last-Event-ID"
Entering = Callable[[web.Request], Caller | None]
LARGE = 256 * 1024  # bytes; more is read in a thread, so that nobody waits for it


class Serving:
    """The API's front: one handler a path.

    Args:
        entrance: who comes.
        configuration: which accounts there are.
        max_body: bytes.
        gate: what is behind it, which is all but what anybody may do, is not answered while it is shut.
        forwarded: which proxies are believed.
    """

    def __init__(
        self,
        entrance: Entrance,
        configuration: Configuration,
        max_body: int,
        gate: Gate,
        forwarded: Forwarded = Forwarded(),  # noqa: B008 - it never changes
    ) -> None:
        self._gate = gate
        self._forwarded = forwarded
        self._entrance = entrance
        self._configuration = configuration
        self._max_body = max_body

    def add_to(self, router: web.UrlDispatcher, operations: Iterable[Operation]) -> None:
        """Route every path, in order; a method that it does not have is 405."""
        paths: dict[str, list[Operation]] = {}
        for operation in operations:
            paths.setdefault(operation.path, []).append(operation)
        for path, found in paths.items():
            handler = self._handler(found)
            public = all(operation.access is Access.ANYBODY for operation in found)
            router.add_route("*", path, handler if public else self._gate.keep(handler, starting))

    def _handler(self, operations: Sequence[Operation]) -> Handler:
        by_method = {operation.method: operation for operation in operations}
        if hdrs.METH_GET in by_method:
            by_method.setdefault(hdrs.METH_HEAD, by_method[hdrs.METH_GET])
        allow = ", ".join(sorted(by_method))

        async def handle(request: web.Request) -> web.StreamResponse:
            operation = by_method.get(request.method)
            if operation is None:
                sentence = f"this path takes {allow}"
                return respond_problem(Problem("method_not_allowed", sentence, headers={"Allow": allow}))
            return await self._serve(operation, request)

        return handle

    async def _serve(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        try:
            caller = self._caller(operation, request, self._entrance.caller)
            query = query_of(operation, request)
            body = await self._body(operation, request)
            peer = request.remote or ""
            call = Call(
                caller,
                request.match_info,
                query,
                body,
                self._forwarded.caller(peer, request.headers),
                self._forwarded.is_secure(peer, request.headers, here=request.secure),
                request.headers.get(LAST_EVENT_ID, ""),
                partial(self._admitted, operation, request),
                trace_parent(request.headers.items()) if TRACE_HEADER in request.headers else None,
            )
            answer = await operation.handle(call)
        except HooklineError as error:
            return respond_problem(problem_of(error))
        except ConnectionError:
            raise  # the caller has gone; aiohttp knows
        except Exception:
            log.exception("a call failed", method=request.method, path=request.path)
            return respond_problem(Problem("internal", "this is a fault of Hookline's; its log says more"))
        if isinstance(answer, Download):
            return await sent(answer, request)
        if isinstance(answer, EventStream):
            return await stream(answer, request)
        return respond(answer)

    def _admitted(self, operation: Operation, request: web.Request) -> bool:
        """Whether the caller of what lasts may still do it."""
        try:
            self._caller(operation, request, self._entrance.known)
        except Problem:
            return False
        return True

    def _caller(self, operation: Operation, request: web.Request, entering: Entering) -> Caller | None:
        if operation.access is Access.ANYBODY:
            return None
        caller = entering(request)
        if caller is None:
            sentence = "send `Authorization: Bearer <api key>` with a key that is valid here"
            raise Problem("unauthorized", sentence, headers={"WWW-Authenticate": 'Bearer realm="hookline"'})
        if operation.access is Access.OPERATOR:
            if caller.account is not None:
                raise Problem("forbidden", "this takes the operator's key, and this is an account's: ask the operator")
            return caller
        if operation.access is not Access.KEY:
            self._check_account(operation, caller, request.match_info["account"])
        if operation.access is Access.WRITE and not caller.may_write:
            raise Problem("forbidden", "this key may only read: ask the operator for one with the scope `write`")
        return caller

    def _check_account(self, operation: Operation, caller: Caller, account: str) -> None:
        theirs = caller.account is None or caller.account == account
        exists = self._configuration.account(account) is not None
        if not theirs or not (exists or (operation.new_account and caller.account is None)):
            raise missing()

    async def _body(self, operation: Operation, request: web.Request) -> object:
        if operation.body is None:
            return None
        content = await read(request, operation.max_body or self._max_body)
        if not content and operation.body_optional:
            return None
        if request.content_type != JSON:
            raise Problem("unsupported_media_type", f"send {JSON}")
        try:
            return parse(content) if len(content) < LARGE else await asyncio.to_thread(parse, content)
        except JsonMalformed as error:
            raise Problem("malformed", f"not JSON: {error}") from None


async def sent(download: Download, request: web.Request) -> web.StreamResponse:
    try:
        return await send(download, request)
    except (HooklineError, ValueError) as error:
        log.warning("a download broke off", path=request.path, reason=str(error))
        raise ConnectionError("a download broke off") from None


async def read(request: web.Request, limit: int) -> bytes:
    try:
        return await read_body(request, limit)
    except BodyTooLarge:
        raise Problem("too_large", f"a body has at most {limit:,} bytes here") from None
    except EncodingRefused as error:
        raise Problem("unsupported_media_type", f"send it as it is, or in gzip or deflate; this is {error}") from None
    except (BodySlow, BodyBroken):
        raise Problem("malformed", "the body did not end in time, or is not framed as its headers say") from None


def query_of(operation: Operation, request: web.Request) -> object:
    """The query parameters, validated; one that stands twice is an error too."""
    given = request.query
    if not given and operation.query.model_fields == {}:
        return operation.query()
    if len(given) != len(set(given)):
        raise Problem("unknown_parameter", "a parameter stands twice")
    try:
        return operation.query.model_validate(dict(given))
    except ValidationError as error:
        found = tuple(field_errors(error))
        sentence = "; ".join(f"{each.path}: {each.message}" for each in found)
        raise Problem("unknown_parameter", sentence, found) from None


def without_query(handler: Handler) -> Handler:
    """A handler that takes no parameters."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.query_string:
            return respond_problem(Problem("unknown_parameter", "this takes no parameters"))
        return await handler(request)

    return handle


def starting() -> web.Response:
    """The configuration has not been read yet."""
    return respond_problem(Problem("unavailable", "this gateway is starting", headers={"Retry-After": "1"}))


async def no_such_path(_: web.Request) -> web.Response:
    """Whatever has no path of ours."""
    return respond_problem(missing())
