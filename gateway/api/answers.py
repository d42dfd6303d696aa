"""Answers of the API on the wire: JSON that nobody caches and no browser guesses about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import hdrs, web

from schemas.json_text import dump

__all__ = ["EVENTS", "Answer", "Download", "EventStream", "respond", "send", "stream"]

EVENTS = "text/event-stream"
STUCK = 60.0  # seconds
SLICE = 64 * 1024  # bytes that wait in a connection at once, and that a slow reader has `STUCK` seconds for
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Server": "Hookline"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON value with its status; no body at all where the status is 204."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file whose bytes are made while it is sent; the first ones are there, so nothing is wrong with the call."""

    first: bytes
    rest: AsyncIterator[bytes]
    content_type: str
    filename: str  # plain ASCII


@dataclass(frozen=True, slots=True)
class EventStream:
    """Server-Sent Events: their text as it comes, for as long as the caller listens."""

    events: AsyncGenerator[bytes]


async def stream(found: EventStream, request: web.Request) -> web.StreamResponse:
    """An event stream as aiohttp sends it; a reader that takes nothing for `STUCK` seconds is let go."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": EVENTS, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    try:
        async for text in found.events:
            await written(response, text)
    finally:
        await found.events.aclose()  # its room is free at once
    await response.write_eof()
    return response


async def send(download: Download, request: web.Request) -> web.StreamResponse:
    """A download as aiohttp sends it. What fails under way breaks the connection: half a file never looks whole.

    A reader that takes nothing for `STUCK` seconds is let go.
    """
    headers = {
        **HEADERS,
        "Content-Type": download.content_type,
        "Content-Disposition": f'attachment; filename="{download.filename}"',
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        await written(response, download.first)
        async for chunk in download.rest:
            await written(response, chunk)
    await response.write_eof()
    return response


async def written(response: web.StreamResponse, some: bytes) -> None:
    """Send some of a long answer, a little at a time.

    Raises:
        ConnectionError: the reader takes nothing.
    """
    try:
        for start in range(0, len(some), SLICE):
            async with asyncio.timeout(STUCK):
                await response.write(some[start : start + SLICE])
    except TimeoutError:
        raise ConnectionError("the reader takes nothing") from None


def respond(answer: Answer, content_type: str = "application/json") -> web.Response:
    """An answer as aiohttp sends it."""
    headers = {**HEADERS, **answer.headers}
    if answer.status == web.HTTPNoContent.status_code:
        return web.Response(status=answer.status, headers=headers)
    headers["Content-Type"] = content_type
    return web.Response(body=dump(answer.body).encode(), status=answer.status, headers=headers)
