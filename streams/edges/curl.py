"""Requests over libcurl: many at once in one thread, each to an address that was checked, none ever sent twice.

What libcurl does by itself and a courier must not: follow redirects, use the environment's proxy or .netrc, resolve
names, send a body again on a new connection (so bodies cannot be rewound), wait for `100 Continue`.
"""

from __future__ import annotations

import math
import select
from collections.abc import Callable

import certifi
import pycurl
import structlog

from schemas.proxies import Proxy
from streams.core.answer import Answer, Request
from streams.edges.clock import steady
from streams.edges.curl_handle import Handle
from streams.edges.guard import Guard
from streams.edges.loop import Loop, Timer

__all__ = ["Exchanges", "Then"]

log = structlog.get_logger(__name__)

Then = Callable[[Answer], None]
Options = tuple[tuple[int, object], ...]
NEVER = math.inf
IDLE_KEPT = 15  # seconds that an unused connection is kept
MASKS = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}

SUPPRESS_CONNECT_HEADERS = 265  # CURLOPT_..., which pycurl has no name for
DIRECT: Options = ((pycurl.PROXY, ""), (pycurl.NOPROXY, "*"))  # whatever the environment says


class Exchanges:
    """The requests that are in flight.

    Args:
        loop: in whose thread everything happens.
        guard: is asked once more at the dial.
        most: requests at once; more connections than that are kept open.
        certificates: file with the certificates that sign the sites'; certifi's by default.
        proxy: for requests that are to go through it.
    """

    def __init__(
        self, loop: Loop, guard: Guard, *, most: int, certificates: str | None = None, proxy: Proxy | None = None
    ) -> None:
        self._loop, self._guard, self._proxy = loop, guard, proxy
        self._certificates = certificates or certifi.where()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, most + 64)  # it counts those in use
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._timer: Timer | None = None
        self._due = self._rings_at = NEVER  # when libcurl wants to be called, and when our timer rings
        self._idle: dict[Proxy | None, list[Handle]] = {None: [], proxy: []}
        self._finishing = False
        self._busy: dict[pycurl.Curl, tuple[Handle, Then]] = {}

    def __len__(self) -> int:
        return len(self._busy)

    def start(self, request: Request, ip: str, then: Then, via: str = "") -> Callable[[], None]:
        """Send a request to this address; `then` gets the answer, whatever it is. `via`: the proxy's address.

        Answers what breaks it off: then no answer comes.
        """
        proxy = self._proxy if via else None
        idle = self._idle[proxy]
        handle = idle.pop() if idle else self._new_handle(proxy)
        handle.prepare(request, ip, via)
        self._busy[handle.curl] = handle, then
        self._multi.add_handle(handle.curl)
        return lambda: self._break_off(handle, then)

    def _break_off(self, handle: Handle, then: Then) -> None:
        if self._busy.get(handle.curl) == (handle, then):
            self._release(handle)

    def _release(self, handle: Handle) -> None:
        del self._busy[handle.curl]
        self._multi.remove_handle(handle.curl)
        handle.clear()
        self._idle[handle.proxy].append(handle)

    def abandon(self) -> None:
        """Break off everything in flight; no answer is given."""
        for handle, _ in self._busy.values():
            self._multi.remove_handle(handle.curl)
            handle.curl.close()
        self._busy.clear()

    def close(self) -> None:
        """Break off what is in flight and close the connections."""
        self.abandon()
        if self._timer is not None:
            self._timer.cancel()
        self._multi.close()
        for idle in self._idle.values():
            for handle in idle:
                handle.curl.close()
            idle.clear()

    def _new_handle(self, proxy: Proxy | None) -> Handle:
        curl = pycurl.Curl()
        settings = (
            *(through(proxy, self._certificates) if proxy else DIRECT),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.NETRC, 0),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
            (pycurl.CAINFO, self._certificates),
            (pycurl.MAXAGE_CONN, IDLE_KEPT),
            (pycurl.PATH_AS_IS, 1),
            (pycurl.NOSIGNAL, 1),
            (pycurl.POST, 1),
        )
        for option, value in settings:
            curl.setopt(option, value)
        return Handle(curl, self._guard, proxy)

    def _on_socket(self, event: int, fd: int, _multi: object, _data: object) -> None:
        try:
            if event == pycurl.POLL_REMOVE:
                self._loop.forget(fd)
            else:
                self._loop.watch(fd, MASKS[event], self._on_ready)
        except Exception:  # libcurl would only print it
            log.exception("a socket of a request could not be watched", fd=fd, event=event)

    def _on_timer(self, milliseconds: int) -> None:
        """Several times a request: a timer that rings too early is cheaper than a new one each time."""
        self._due = steady() + milliseconds / 1000 if milliseconds >= 0 else NEVER
        if self._due < self._rings_at:
            self._ring()

    def _ring(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._due
        self._timer = self._loop.at(self._due, self._on_time)

    def _on_time(self) -> None:
        self._timer, self._rings_at = None, NEVER
        if self._due > steady():
            if self._due < NEVER:
                self._ring()
            return
        self._due = NEVER
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._finish_soon()

    def _on_ready(self, fd: int, mask: int) -> None:
        action = 0
        if mask & (select.EPOLLIN | select.EPOLLHUP):
            action |= pycurl.CSELECT_IN
        if mask & select.EPOLLOUT:
            action |= pycurl.CSELECT_OUT
        if mask & select.EPOLLERR:
            action |= pycurl.CSELECT_ERR
        self._multi.socket_action(fd, action)
        self._finish_soon()

    def _finish_soon(self) -> None:
        """Once for all sockets that are ready in one turn."""
        if not self._finishing:
            self._finishing = True
            self._loop.soon(self._finish)

    def _finish(self) -> None:
        self._finishing, more = False, 1
        while more:
            more, ended, failed = self._multi.info_read()
            for curl in ended:
                self._end(curl, pycurl.E_OK, "")
            for curl, code, message in failed:
                self._end(curl, code, message)

    def _end(self, curl: pycurl.Curl, code: int, message: str) -> None:
        handle, then = self._busy[curl]
        answer = handle.answer(code, message)
        self._release(handle)
        then(answer)


def through(proxy: Proxy, certificates: str) -> Options:
    """A tunnel to each site, plain ones too: the proxy sees the address that was checked, and no message."""
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    return (
        (pycurl.PROXY, f"{proxy.scheme}://{host}:{proxy.port}"),
        (pycurl.NOPROXY, ""),
        (pycurl.HTTPPROXYTUNNEL, 1),
        (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),  # headers are the site's, not the proxy's
        (SUPPRESS_CONNECT_HEADERS, 1),
        (pycurl.PROXYAUTH, pycurl.HTTPAUTH_BASIC),
        *(() if not proxy.username else credentials(proxy)),
        (pycurl.PROXY_CAINFO, certificates),
        (pycurl.PROXY_SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    )


def credentials(proxy: Proxy) -> Options:
    return (pycurl.PROXYUSERNAME, proxy.username.encode()), (pycurl.PROXYPASSWORD, proxy.password.encode())
