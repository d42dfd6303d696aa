"""What is spoken here: HTTP/1.1 or 1.0, bodies framed by their length or in chunks; errors are JSON at every door."""

from __future__ import annotations

from aiohttp import HttpVersion10, HttpVersion11, hdrs, web

from gateway.api.problems import Problem, missing, respond_problem
from gateway.gate import Handler
from gateway.incoming import answers

__all__ = ["as_ours", "spoken"]

SPOKEN = (HttpVersion10, HttpVersion11)
INTAKE = ("/webhooks/", "/beta/webhooks/")


@web.middleware
async def spoken(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what claims another version, or a framing that somebody on the way may read otherwise (RFC 9112, 6.1)."""
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    if request.version not in SPOKEN or (coding is not None and not is_chunked(request, coding)):
        return answers.not_http()
    return await handler(request)


def is_chunked(request: web.Request, coding: str) -> bool:
    """Whether it is in chunks and may be: HTTP/1.0 has none, so what is between may see two requests in one."""
    return coding.lower() == "chunked" and request.version == HttpVersion11


def as_ours(request: web.BaseRequest, error: web.HTTPException) -> web.Response:
    """The server's own refusal in our form: a method without a path, an `Expect` that cannot be met."""
    if error.status == web.HTTPExpectationFailed.status_code:
        sentence = f"`Expect` can only be `100-continue`, not {request.headers.get(hdrs.EXPECT, '')[:100]!r}"
        if request.path.startswith(INTAKE):
            return answers.expectation_failed(sentence)
        return respond_problem(Problem("expectation_failed", sentence))
    return respond_problem(missing())
