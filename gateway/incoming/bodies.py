"""Reads a request's body: at most so many bytes, within so many seconds, and whole where it was compressed.

What is too large is not read on; aiohttp drains the rest for two seconds after the answer, then closes. It would unpack
a compressed body too, but takes one that was cut off for whole, so that is done here.
"""

from __future__ import annotations

import asyncio
import zlib

from aiohttp import StreamReader, hdrs, web

__all__ = [
    "DRAINED_FOR",
    "KEPT_OF_REFUSED",
    "BodyBroken",
    "BodySlow",
    "BodyTooLarge",
    "EncodingRefused",
    "read_body",
    "start_of_body",
]

DRAINED_FOR = 2.0  # seconds that the rest of a refused body is read and thrown away
READ_WITHIN = 20.0  # seconds for a whole body
KEPT_OF_REFUSED = 64 * 1024  # bytes
WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
START_WITHIN = 0.5  # seconds that the start of a refused body may take


class BodyTooLarge(Exception):
    """More than the limit came, or was announced; `start` is what had arrived of it."""

    def __init__(self, start: bytes) -> None:
        super().__init__()
        self.start = start


class BodySlow(Exception):
    """The body did not end in time."""


class BodyBroken(Exception):
    """The body is not framed or compressed as its headers say."""


class EncodingRefused(Exception):
    """The body is compressed in a way that is not taken; the message names it."""


async def read_body(request: web.Request, limit: int, within: float = READ_WITHIN) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it has more than `limit` bytes.
        BodySlow: it took longer than `within` seconds.
        BodyBroken: its framing or compression is wrong.
        EncodingRefused: it is compressed otherwise than by gzip or deflate.
        ConnectionError: the sender has gone.
    """
    body = await raw_body(request, limit, within)
    return unpacked(request, body, limit) if hdrs.CONTENT_ENCODING in request.headers else body


def unpacked(request: web.Request, body: bytes, limit: int) -> bytes:
    """A body as it was before it was compressed (RFC 9110, 8.4)."""
    words = ",".join(request.headers.getall(hdrs.CONTENT_ENCODING)).split(",")
    codings = [word for each in words if (word := each.strip().lower()) not in ("", "identity")]
    if not codings:
        return body
    if len(codings) > 1 or codings[0] not in WINDOW_BITS:
        raise EncodingRefused(", ".join(codings))
    bits = WINDOW_BITS[codings[0]]
    if bits == zlib.MAX_WBITS and body[:1] and body[0] & 15 != zlib.DEFLATED:
        bits = -zlib.MAX_WBITS  # many senders of `deflate` leave the frame of zlib out
    unpacker = zlib.decompressobj(bits)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise BodyBroken from None
    if len(found) > limit:
        raise BodyTooLarge(found[:KEPT_OF_REFUSED])
    if not unpacker.eof or unpacker.unused_data:
        raise BodyBroken
    return found


async def raw_body(request: web.Request, limit: int, within: float) -> bytes:
    content = request.content
    if content.is_eof() and content.total_bytes <= limit and content.exception() is None:
        return content.read_nowait(-1)  # small bodies come with their headers
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(await start_of_body(request))
    try:
        async with asyncio.timeout(within):
            return await read_chunks(content, limit)
    except TimeoutError:
        raise BodySlow from None
    except web.RequestPayloadError:
        raise BodyBroken from None


async def read_chunks(content: StreamReader, limit: int) -> bytes:
    chunks, size = [], 0
    while chunk := await content.readany():
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(b"".join(chunks))
    return b"".join(chunks)


async def start_of_body(request: web.Request, within: float = START_WITHIN) -> bytes:
    """What of a body has come, or comes within a moment; enough for the log, not all of it."""
    chunks, size = [], 0
    try:
        async with asyncio.timeout(within):
            while size < KEPT_OF_REFUSED and (chunk := await request.content.readany()):
                chunks.append(chunk)
                size += len(chunk)
    except (TimeoutError, web.RequestPayloadError):
        pass  # what has come is enough
    return b"".join(chunks)
