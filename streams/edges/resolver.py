"""Names to addresses, in a small pool of threads of our own: a hung name keeps one of them, never the courier.

One look-up a name at a time; answers are kept for a short while. Addresses in any notation need no look-up.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from streams.edges.clock import steady

__all__ = ["Resolver"]

THREADS = 8
KEPT, KEPT_FAILURE = 30.0, 2.0  # seconds
MOST_KEPT = 10_000

Found = tuple[str, ...]  # addresses; none: the name has none
Then = Callable[[Found], None]


@dataclass(slots=True)
class _Entry:
    addresses: Found = ()
    until: float = 0.0
    asked: bool = False  # a look-up is under way
    waiting: list[Then] = field(default_factory=list)


class Resolver:
    """Used from one thread, which is told of answers through `post` (called from the pool's threads).

    Args:
        post: runs a function in the thread that uses this resolver.
        look_up: how a name is resolved; blocks.
    """

    def __init__(
        self, post: Callable[[Callable[[], None]], None], look_up: Callable[[str], Found] | None = None
    ) -> None:
        self._post = post
        self._look_up = look_up or system_addresses
        self._entries: dict[str, _Entry] = {}
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._threads = 0
        self._under_way = 0

    def known(self, host: str) -> Found | None:
        """The addresses of `host`, where they need no look-up; else None."""
        if literal := literal_addresses(host):
            return literal
        entry = self._entries.get(host)
        return entry.addresses if entry is not None and entry.until > steady() else None

    def resolve(self, host: str, then: Then) -> None:
        """Call `then` with the addresses of `host`: at once where they are known, else when they are."""
        if (known := self.known(host)) is not None:
            then(known)
            return
        entry = self._entries.setdefault(host, _Entry())
        entry.waiting.append(then)
        if not entry.asked:
            entry.asked = True
            self._begin(host)

    def forget(self, host: str, then: Then) -> None:
        """Whoever asked waits no longer; what it holds must not wait for a hung name."""
        if (entry := self._entries.get(host)) is not None and then in entry.waiting:
            entry.waiting.remove(then)

    def _begin(self, host: str) -> None:
        self._under_way += 1
        if self._threads < min(THREADS, self._under_way):
            self._threads += 1
            threading.Thread(target=self._serve, name=f"resolver-{self._threads}", daemon=True).start()
        self._names.put(host)

    def _serve(self) -> None:
        while True:
            host = self._names.get()
            found = self._look_up(host)
            self._post(lambda host=host, found=found: self._answer(host, found))  # type: ignore[misc]  # bound now

    def _answer(self, host: str, found: Found) -> None:
        self._under_way -= 1
        self._forget_old()
        entry = self._entries.setdefault(host, _Entry())
        entry.asked, entry.addresses = False, found
        entry.until = steady() + (KEPT if found else KEPT_FAILURE)
        waiting, entry.waiting = entry.waiting, []
        for then in waiting:
            then(found)

    def _forget_old(self) -> None:
        if len(self._entries) > MOST_KEPT:
            now = steady()
            self._entries = {host: e for host, e in self._entries.items() if e.asked or e.until > now}


@lru_cache(maxsize=4096)
def literal_addresses(host: str) -> Found:
    """The address that the text itself is, in whatever notation C libraries take; none for a name."""
    try:
        return addresses_of(host, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ()


def system_addresses(host: str) -> Found:
    """What the system's resolver says."""
    try:
        return addresses_of(host, socket.AI_ADDRCONFIG) or addresses_of(host, 0)
    except (OSError, UnicodeError):
        return ()


def addresses_of(host: str, flags: int) -> Found:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    return tuple(dict.fromkeys(str(sockaddr[0]).partition("%")[0] for _, _, _, _, sockaddr in found))
