"""What a caller of an incoming webhook gets: always JSON, and never a guess of its type."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schemas.json_text import dump
from streams.core.receiving import Verdict, error_body

__all__ = [
    "LONGEST_LINE",
    "RETRY_AFTER",
    "answer",
    "expectation_failed",
    "failed",
    "head_too_large",
    "headers_of",
    "no_such_endpoint",
    "not_http",
    "not_known",
    "starting",
    "too_many",
    "too_slow",
]

HEADERS = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Server": "Hookline"}
LOGGED = [["Content-Type", "application/json"], ["X-Content-Type-Options", "nosniff"]]
RETRY_AFTER = "5"  # seconds
LONGEST_LINE = 8190  # bytes, of the request line and of each header
NO_SUCH_ENDPOINT = dump(error_body("inactive", "not_found", "there is no such endpoint")).encode()


def answer(verdict: Verdict, allow: str = "") -> web.Response:
    """The answer that was decided; `allow` names the methods of a 405."""
    response = web.Response(body=verdict.answer, status=verdict.status, headers=HEADERS)
    if allow:
        response.headers["Allow"] = allow
    return response


def headers_of(allow: str = "") -> list[list[str]]:
    """The headers of that answer, for the log."""
    return [*LOGGED, ["Allow", allow]] if allow else LOGGED


def no_such_endpoint() -> web.Response:
    """The answer for an endpoint that nobody has: the same as for one that is inactive."""
    return web.Response(body=NO_SUCH_ENDPOINT, status=404, headers=HEADERS)


def not_known() -> web.Response:
    """No word from Kafka: the request may have been taken or not."""
    sentence = "it is not known whether this request was taken; send the same one again"
    return unavailable(error_body("unavailable", "not_known", sentence))


def starting() -> web.Response:
    """The configuration has not been read yet."""
    return unavailable(error_body("unavailable", "starting", "this gateway is starting; nothing was taken"))


def unavailable(body: dict[str, Any]) -> web.Response:
    headers = {**HEADERS, "Retry-After": RETRY_AFTER}
    return web.Response(body=dump(body).encode(), status=503, headers=headers)


def too_many(seconds: int) -> web.Response:
    """Beyond the endpoint's rate; nothing was read and nothing taken."""
    sentence = f"this endpoint takes no more requests just now; send this one again in {seconds} s"
    headers = {**HEADERS, "Retry-After": str(seconds)}
    body = error_body("too_many", "too_many_requests", sentence)
    return web.Response(body=dump(body).encode(), status=429, headers=headers)


def failed() -> web.Response:
    """A fault of ours; the log has it."""
    body = error_body("internal", "internal", "something went wrong here; it is not known whether this was taken")
    response = web.Response(body=dump(body).encode(), status=500, headers=HEADERS)
    response.force_close()
    return response


def not_http() -> web.Response:
    """Something came that is not HTTP; the connection is closed."""
    body = error_body("malformed", "not_http", "this is not a request of HTTP/1.1")
    response = web.Response(body=dump(body).encode(), status=400, headers=HEADERS)
    response.force_close()
    return response


def head_too_large() -> web.Response:
    """A line of the head is longer than the server reads (RFC 6585, 5); the connection is closed."""
    sentence = f"the request line and each header have at most {LONGEST_LINE:,} bytes here"
    body = error_body("malformed", "head_too_large", sentence)
    response = web.Response(body=dump(body).encode(), status=431, headers=HEADERS)
    response.force_close()
    return response


def expectation_failed(sentence: str) -> web.Response:
    """The caller expects what we do not do."""
    body = error_body("malformed", "expectation_failed", sentence)
    return web.Response(body=dump(body).encode(), status=417, headers=HEADERS)


def too_slow() -> web.Response:
    """The body did not come in time; the connection is closed."""
    body = error_body("malformed", "body_too_slow", "the body did not end in time")
    response = web.Response(body=dump(body).encode(), status=408, headers=HEADERS)
    response.force_close()
    return response
