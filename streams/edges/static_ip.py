"""Requests of `static_ip` sites through the operator's proxy, which is dialled at an address that we looked up.

The proxy is asked for a tunnel to the address that the guard has checked; its own address is the operator's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from schemas.proxies import Proxy
from schemas.records import AttemptError
from streams.core.answer import Answer, Fault, Request
from streams.edges.clock import now_ms, steady
from streams.edges.curl import Exchanges, Then
from streams.edges.loop import Loop

__all__ = ["StaticIp"]


class Names(Protocol):
    """Whoever resolves names."""

    def resolve(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None: ...
    def forget(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None: ...


class StaticIp:
    """Makes requests, direct ones too.

    Args:
        loop: for the time that the look-up of the proxy may take.
        exchanges: has the same proxy.
        names: resolves the proxy's.
        proxy: None where there is none; then no request wants it.
    """

    def __init__(self, loop: Loop, exchanges: Exchanges, names: Names, proxy: Proxy | None) -> None:
        self._loop, self._exchanges, self._names, self._proxy = loop, exchanges, names, proxy

    def start(self, request: Request, ip: str, then: Then) -> Callable[[], None]:
        """Send a request to this address, through the proxy if it is to go through it; answers what breaks it off."""
        if not request.proxied:
            return self._exchanges.start(request, ip, then)
        if self._proxy is None:
            raise RuntimeError("a request is to go through a proxy, and there is none")
        return self._through(self._proxy, request, ip, then)

    def _through(self, proxy: Proxy, request: Request, ip: str, then: Then) -> Callable[[], None]:
        began_at, began, over = now_ms(), steady(), False
        started: list[Callable[[], None]] = []

        def fail(why: str) -> None:
            nonlocal over
            over = True
            took = round((steady() - began) * 1_000_000)
            fault = Fault(AttemptError.CONNECT, f"the proxy with the static IP, {proxy.host}, {why}")
            then(Answer(began_at=began_at, duration_us=took, fault=fault))

        def found(addresses: tuple[str, ...]) -> None:
            nonlocal over
            if over:
                return
            timer.cancel()
            if not addresses:
                fail("has no address")
                return
            over = True
            started.append(self._exchanges.start(request, ip, then, via=addresses[request.turn % len(addresses)]))

        def late() -> None:
            self._names.forget(proxy.host, found)
            fail("was not resolved in time")

        def break_off() -> None:
            nonlocal over
            over = True
            timer.cancel()
            for each in started:
                each()

        timer = self._loop.after(request.timeout, late)
        self._names.resolve(proxy.host, found)
        return break_off
