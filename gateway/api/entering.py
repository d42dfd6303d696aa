"""Who comes in: by an API key in a header, or by the console's cookie.

A cookie comes along by itself, so what is written with one must show that it was our own page that asked: a header
that no other site can send, and the browser's word that the page is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from gateway.api.callers import Caller, Callers
from gateway.api.problems import Problem
from gateway.api.sessions import COOKIE, Cookies
from gateway.incoming.rate import EndpointRate

__all__ = ["Entrance"]

READS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
MARK, SITE = "X-Hookline-Console", "Sec-Fetch-Site"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Knows a caller by what came with the request. `now` in ms; `rate`: how often one account's key may come."""

    callers: Callers
    cookies: Cookies
    now: Callable[[], int]
    rate: EndpointRate = field(default_factory=lambda: EndpointRate(None))

    def caller(self, request: web.Request) -> Caller | None:
        """The caller; a key in the header counts before a cookie.

        Raises:
            Problem: the cookie came with a write that is not the console's; or the key comes too often.
        """
        found = self.known(request)
        if found is None or found.account is None:
            return found
        if wait := self.rate.wait((found.account, found.key_hash), time.monotonic()):
            sentence = f"this key has called too often: come again in {wait} s"
            raise Problem("too_many", sentence, headers={"Retry-After": str(wait)})
        return found

    def known(self, request: web.Request) -> Caller | None:
        """The same, however often it comes: for one call that is looked at again while it lasts."""
        authorization = request.headers.get(hdrs.AUTHORIZATION)
        if authorization is not None:
            return self.callers.identify(authorization)
        session = self.cookies.read(request.cookies.get(COOKIE), self.now())
        if session is None or (caller := self.callers.known(session.key_hash)) is None:
            return None
        if request.method not in READS and not from_console(request):
            sentence = f"with the console's cookie a change needs `{MARK}: 1` and a page of this same address"
            raise Problem("forbidden", sentence)
        return replace(caller, session=session)


def from_console(request: web.Request) -> bool:
    """Whether our own page asked. Browsers say so; over plain http to other than this machine only by the origin."""
    site = request.headers.get(SITE)
    same = site == "same-origin" if site is not None else same_origin(request)
    return same and request.headers.get(MARK) == "1"


def same_origin(request: web.Request) -> bool:
    try:
        origin = urlsplit(request.headers.get(hdrs.ORIGIN, ""))
    except ValueError:
        return False
    return bool(origin.netloc) and origin.netloc == request.headers.get(hdrs.HOST)
