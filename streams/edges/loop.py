"""The courier's one loop: sockets through epoll, timers, and functions that other threads post to it.

Everything the courier decides happens in the thread that runs this; nothing here needs a lock.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import select
from collections import deque
from collections.abc import Callable

from streams.edges.clock import steady

__all__ = ["Loop", "Timer"]

LONGEST_WAIT = 3600.0  # seconds
FEW = 64  # events taken at once

OnReady = Callable[[int, int], None]  # file descriptor, epoll's mask


class Timer:
    """A function that will be called at a time, unless cancelled."""

    __slots__ = ("then",)

    def __init__(self, then: Callable[[], None]) -> None:
        self.then: Callable[[], None] | None = then

    def cancel(self) -> None:
        """Not to be called any more."""
        self.then = None


class Loop:
    """One thread runs it; `post` and `wake` may be called from any thread and from signal handlers."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll.register(self._wake, select.EPOLLIN)
        self._watched: dict[int, OnReady] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()
        self._posted: deque[Callable[[], None]] = deque()

    def post(self, function: Callable[[], None]) -> None:
        """Run a function in the loop's thread, after those posted before."""
        self._posted.append(function)
        self.wake()

    def soon(self, function: Callable[[], None]) -> None:
        """The same from within the loop's thread, in this turn if it comes from a descriptor."""
        self._posted.append(function)

    def wake(self) -> None:
        """Make the loop go round once, now."""
        os.eventfd_write(self._wake, 1)

    def watch(self, fd: int, mask: int, on_ready: OnReady) -> None:
        """Call `on_ready` whenever the descriptor is ready for what the mask says."""
        known = fd in self._watched
        self._watched[fd] = on_ready
        if known:
            self._epoll.modify(fd, mask)
        else:
            self._epoll.register(fd, mask)

    def forget(self, fd: int) -> None:
        """Watch it no longer."""
        if self._watched.pop(fd, None) is not None:
            try:  # once a request: contextlib.suppress would take as long as the call
                self._epoll.unregister(fd)
            except OSError:  # closed already: the kernel has forgotten it by itself
                return

    def at(self, when: float, then: Callable[[], None]) -> Timer:
        """Call a function at a time of the steady clock."""
        timer = Timer(then)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def after(self, seconds: float, then: Callable[[], None]) -> Timer:
        """Call a function in so many seconds."""
        return self.at(steady() + seconds, then)

    def run_once(self, longest: float = LONGEST_WAIT) -> None:
        """Wait at most `longest` seconds for something to happen, and handle what did."""
        for fd, mask in self._epoll.poll(self._wait(longest), FEW):
            if fd == self._wake:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self._wake)
            elif on_ready := self._watched.get(fd):
                on_ready(fd, mask)
        for _ in range(len(self._posted)):
            self._posted.popleft()()
        self._run_timers()

    def _wait(self, longest: float) -> float:
        if self._posted:
            return 0.0
        while self._timers and self._timers[0][2].then is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return longest
        return min(longest, max(0.0, self._timers[0][0] - steady()))

    def _run_timers(self) -> None:
        now = steady()
        while self._timers and self._timers[0][0] <= now:
            _, _, timer = heapq.heappop(self._timers)
            if then := timer.then:
                timer.then = None
                then()

    def close(self) -> None:
        """Give the descriptors back."""
        self._epoll.close()
        os.close(self._wake)
