"""One incoming request: found, read, decided, written with acks=all, answered; in that order.

1. The endpoint: unknown ones are only counted. 2. The method. 3. The body. 4. The verdict (`streams/core/receiving`).
5. The record, and Kafka's word that it has it. 6. The answer. No 2xx is sent for what Kafka has not acknowledged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from gateway.identifiers import time_ordered
from gateway.incoming import answers
from gateway.incoming.allowance import Allowance
from gateway.incoming.bodies import BodyBroken, BodySlow, BodyTooLarge, read_body, start_of_body
from gateway.incoming.recording import record_of
from gateway.incoming.unknown import UnknownEndpoints
from gateway.metrics import INCOMING, INCOMING_SECONDS, UNAVAILABLE, UNKNOWN
from gateway.writing import Writes
from schemas.codec import encode
from schemas.errors import KafkaUnavailable
from schemas.identity import request_key
from schemas.records import IncomingRequest, Outcome
from streams.core.definitions import Compiler, Receiving
from streams.core.receiving import Arrived, Verdict, receive, refusal, select
from streams.edges.kafka import Message
from streams.edges.keyring import Keyring

__all__ = ["Incoming"]

log = structlog.get_logger("gateway")
PATHS = ("/beta/webhooks/custom/{account}/{endpoint}", "/webhooks/custom/{account}/{endpoint}")

METHOD_NOT_ALLOWED = web.HTTPMethodNotAllowed.status_code
RATIONED = frozenset({Outcome.MALFORMED, Outcome.INACTIVE, Outcome.UNVERIFIED})


@dataclass(frozen=True, slots=True)
class Body:
    """What was read of a body, and why no more of it."""

    content: bytes
    whole: bool = True
    problem: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A request with its verdict, on its way into the log. `began` is of the performance counter, in nanoseconds."""

    arrived: Arrived
    verdict: Verdict
    definitions: Sequence[Receiving]
    endpoint: str
    whole: bool
    offset: int
    began: int

    @property
    def place(self) -> tuple[str, str]:
        """Account and endpoint."""
        return self.arrived.account, self.endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The endpoints of all accounts.

    `max_body` in bytes; `topic` is that of incoming requests.
    """

    compiler: Compiler
    keyring: Keyring
    writer: Writes
    topic: str
    max_body: int
    unknown: UnknownEndpoints
    allowance: Allowance

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request of any method."""
        try:
            return await self._answer(request)
        except ConnectionError:
            raise  # the caller has gone; aiohttp knows
        except Exception:
            log.exception("a request failed", path=request.path)
            return answers.failed()

    async def _answer(self, request: web.Request) -> web.Response:
        began = time.perf_counter_ns()
        account, endpoint = request.match_info["account"], request.match_info["endpoint"]
        view = self.compiler.account(account)
        definitions = view.endpoints.get(endpoint, ()) if view is not None else ()
        if view is None or not definitions:
            UNKNOWN.inc()
            self.unknown.add(time.time_ns() // 1_000_000, request.method, request.path)
            return answers.no_such_endpoint()
        takers, refused = select(definitions, request.method)
        try:
            body = await self._body(request, refused)
        except BodySlow:
            return answers.too_slow()
        arrived = arrived_of(request, account, body.content)
        verdict = body.problem or receive(view, takers, arrived, view.offset)
        return await self._conclude(Decided(arrived, verdict, definitions, endpoint, body.whole, view.offset, began))

    async def _body(self, request: web.Request, refused: Verdict | None) -> Body:
        """The body, and the verdict where there is one without asking the definitions."""
        if refused is not None:
            start = await start_of_body(request)
            return Body(start, request.content.is_eof(), refused)
        try:
            return Body(await read_body(request, self.max_body))
        except BodyTooLarge as large:
            sentence = f"a body has at most {self.max_body:,} bytes"
            return Body(large.start, False, refusal(Outcome.MALFORMED, 413, "body_too_large", sentence))
        except BodyBroken:
            sentence = "the body is not framed or compressed as the headers say"
            return Body(b"", False, refusal(Outcome.MALFORMED, 400, "malformed_body", sentence))

    async def _conclude(self, decided: Decided) -> web.Response:
        """Write the record, wait for Kafka's word, answer."""
        verdict = decided.verdict
        INCOMING[verdict.outcome].inc()
        allow = allowed(decided.definitions) if verdict.status == METHOD_NOT_ALLOWED else ""
        if verdict.outcome in RATIONED and not self.allowance.take(decided.place, decided.began / 1e9):
            return answers.answer(verdict, allow)
        record = self._record(decided, answers.headers_of(allow))
        try:
            await self.writer.write(Message(self.topic, request_key(*decided.place), encode(record)))
        except KafkaUnavailable:
            UNAVAILABLE.inc()
            return answers.not_known()
        INCOMING_SECONDS.observe((time.perf_counter_ns() - decided.began) / 1e9)
        return answers.answer(verdict, allow)

    def _record(self, decided: Decided, response_headers: list[list[str]]) -> IncomingRequest:
        return record_of(
            decided.arrived,
            decided.verdict,
            decided.definitions,
            endpoint=decided.endpoint,
            whole=decided.whole,
            keyring=self.keyring,
            config_offset=decided.offset,
            duration_us=(time.perf_counter_ns() - decided.began) // 1000,
            response_headers=response_headers,
        )


def arrived_of(request: web.Request, account: str, body: bytes) -> Arrived:
    """The request as the rules of receiving take it."""
    url = request.rel_url
    return Arrived(
        request_id=time_ordered("req"),
        account=account,
        received_at=time.time_ns() // 1_000_000,
        method=request.method,
        path=encodable(url.raw_path),
        query=encodable(url.raw_query_string),
        headers=[[name.decode("latin-1"), text_of(value)] for name, value in request.raw_headers],
        body=body,
    )


def text_of(value: bytes) -> str:
    """A header's value: UTF-8 where it is that, Latin-1 otherwise (RFC 9110, 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def encodable(text: str) -> str:
    """Text without the lone surrogates that stand for bytes which are not UTF-8."""
    return text if text.isascii() else text_of(text.encode("utf-8", "surrogateescape"))


def allowed(definitions: Sequence[Receiving]) -> str:
    """The methods that active definitions take."""
    return ", ".join(sorted({definition.body["method"] for definition in definitions if definition.active}))
