"""One incoming request: found, read, decided, written with acks=all, answered; in that order.

1. The endpoint: unknown ones are only counted. 2. The method. 3. The body. 4. The sender, the filters
(`streams/core/receiving`). 5. Whether it is a copy. 6. The mapping. 7. Whether its event's id is another's. 8. The
record, and Kafka's word that it has it. 9. The answer. No 2xx is sent for what Kafka has not acknowledged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from aiohttp import web

from gateway.identifiers import time_ordered
from gateway.incoming import answers
from gateway.incoming.allowance import Allowance
from gateway.incoming.bodies import BodyBroken, BodySlow, BodyTooLarge, EncodingRefused, read_body, start_of_body
from gateway.incoming.copies import Copies, First
from gateway.incoming.producer_ids import ProducerIds, known_event
from gateway.incoming.rate import EndpointRate
from gateway.incoming.recording import record_of
from gateway.incoming.unknown import UnknownEndpoints
from gateway.metrics import INCOMING, INCOMING_SECONDS, TOO_MANY, UNAVAILABLE, UNKNOWN
from gateway.writing import Writes
from schemas.codec import encode
from schemas.errors import KafkaUnavailable
from schemas.identity import request_key
from schemas.records import IncomingRequest, Outcome
from streams.core.definitions import AccountView, Compiler, Receiving
from streams.core.receiving import Arrived, Passed, Verdict, admit, conflicting, decide, duplicate, refusal, select
from streams.edges.kafka import Message
from streams.edges.keyring import Keyring
from streams.edges.outbox import Placed

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
class Met:
    """A request and what it met. `whole`: all of its body was read; `began` in ns of the performance counter."""

    arrived: Arrived
    view: AccountView
    definitions: Sequence[Receiving]
    endpoint: str
    whole: bool
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
    rate: EndpointRate
    allowance: Allowance
    copies: Copies
    ids: ProducerIds

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
        if wait := self.rate.wait((account, endpoint), began / 1e9):
            TOO_MANY.inc()
            return answers.too_many(wait)
        takers, refused = select(definitions, request.method)
        try:
            body = await self._body(request, refused)
        except BodySlow:
            return answers.too_slow()
        met = Met(arrived_of(request, account, body.content), view, definitions, endpoint, body.whole, began)
        found = body.problem or admit(takers, met.arrived)
        if isinstance(found, Verdict):
            return (await self._conclude(met, found))[0]
        if found.copies is None:
            return (await self._decided(met, decide(view, found, met.arrived, view.offset)))[0]
        return await self._once(met, found, found.copies)

    async def _once(self, met: Met, found: Passed, key: str) -> web.Response:
        """A request that may be a copy: the first accepted one answers for it."""
        arrived, rule = met.arrived, found.definition.deduplication
        since = arrived.received_at - (rule.window if rule else 0) + 1
        try:
            first = await self.copies.first(arrived.account, key, since)
        except KafkaUnavailable:
            UNAVAILABLE.inc()
            return answers.not_known()
        if first is not None:
            copy = duplicate(found, first.status, first.answer, first.event_id, first.customer)
            return (await self._conclude(met, copy))[0]
        return await self._first(met, found, key)

    async def _first(self, met: Met, found: Passed, key: str) -> web.Response:
        """The first of its copies; those that wait go on as soon as they can: each key is ended once."""
        accepted, certain, waiting = None, False, True
        try:
            verdict = decide(met.view, found, met.arrived, met.view.offset)
            if verdict.outcome is not Outcome.ACCEPTED:
                self.copies.end(key)  # whoever waits need not wait for its row
                waiting = False
            response, accepted, certain = await self._decided(met, verdict)
        finally:
            if waiting:
                self.copies.end(key, accepted, certain=certain)
        return response

    async def _decided(self, met: Met, verdict: Verdict) -> Concluded:
        """Conclude what has been decided; an id that the sender gave must be no other event's."""
        event = verdict.event
        if event is None or "id" not in verdict.own:
            return concluded(met, verdict, *await self._conclude(met, verdict))
        try:
            async with self.ids.claim(event.account, [event.id]) as claim:
                known = claim.known.get(event.id)
                if known is not None and not known.same(event, timed="timestamp" in verdict.own):
                    verdict = conflicting(verdict)
                response, place = await self._conclude(met, verdict)
                claim.certain = place is not None
                if place is not None and verdict.event is not None:
                    claim.accepted[event.id] = known_event(event, ((self.topic, place.partition), place.offset))
        except KafkaUnavailable:
            UNAVAILABLE.inc()
            return Concluded(answers.not_known())
        return concluded(met, verdict, response, place)

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
        except EncodingRefused as error:
            sentence = f"send the body as it is, or in gzip or deflate; this is {error}"
            return Body(b"", False, refusal(Outcome.MALFORMED, 415, "unsupported_encoding", sentence))
        except BodyBroken:
            sentence = "the body is not framed or compressed as the headers say"
            return Body(b"", False, refusal(Outcome.MALFORMED, 400, "malformed_body", sentence))

    async def _conclude(self, met: Met, verdict: Verdict) -> tuple[web.Response, Placed | None]:
        """Write the record, wait for Kafka's word, answer; and where the record is."""
        INCOMING[verdict.outcome].inc()
        allow = allowed(met.definitions) if verdict.status == METHOD_NOT_ALLOWED else ""
        if verdict.outcome in RATIONED and not self.allowance.take(met.place, met.began / 1e9):
            return answers.answer(verdict, allow), None
        record = self._record(met, verdict, answers.headers_of(allow))
        try:
            (placed,) = await self.writer.write(Message(self.topic, request_key(*met.place), encode(record)))
        except KafkaUnavailable:
            UNAVAILABLE.inc()
            return answers.not_known(), None
        INCOMING_SECONDS.observe((time.perf_counter_ns() - met.began) / 1e9)
        return answers.answer(verdict, allow), placed

    def _record(self, met: Met, verdict: Verdict, response_headers: list[list[str]]) -> IncomingRequest:
        return record_of(
            met.arrived,
            verdict,
            met.definitions,
            endpoint=met.endpoint,
            whole=met.whole,
            keyring=self.keyring,
            config_offset=met.view.offset,
            duration_us=(time.perf_counter_ns() - met.began) // 1000,
            response_headers=response_headers,
        )


class Concluded(NamedTuple):
    """What a caller is answered; what is remembered where it was accepted; whether it is known what became of it."""

    response: web.Response
    accepted: First | None = None
    certain: bool = False


def concluded(met: Met, verdict: Verdict, response: web.Response, placed: Placed | None) -> Concluded:
    if placed is None or verdict.outcome is not Outcome.ACCEPTED:
        return Concluded(response, None, placed is not None)
    place, at = (placed.partition, placed.offset), met.arrived.received_at
    first = First(at, verdict.status, verdict.answer, verdict.event_id, verdict.customer, place)
    return Concluded(response, first, certain=True)


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
