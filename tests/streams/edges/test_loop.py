"""The courier's loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from streams.edges.clock import steady
from streams.edges.loop import Loop
from tests.waiting import eventually


@pytest.fixture
def loop() -> Iterator[Loop]:
    one = Loop()
    yield one
    one.close()


def test_functions_posted_from_another_thread_run_here_in_order(loop: Loop) -> None:
    got: list[object] = []

    def post() -> None:
        for number in range(100):
            loop.post(lambda number=number: got.append((number, threading.current_thread())))  # type: ignore[misc]

    threading.Thread(target=post).start()

    def ran() -> bool:
        loop.run_once(0.1)
        return len(got) == 100

    eventually(ran, what="all have run")
    assert got == [(number, threading.current_thread()) for number in range(100)]


def test_a_post_ends_the_wait(loop: Loop) -> None:
    began = steady()
    timer = threading.Timer(0.05, loop.post, args=(lambda: None,))
    timer.start()
    loop.run_once(10)
    assert steady() - began < 5


def test_timers_run_when_they_are_due_and_not_before(loop: Loop) -> None:
    got: list[float] = []
    began = steady()
    loop.after(0.05, lambda: got.append(steady() - began))
    loop.after(0.02, lambda: got.append(steady() - began))
    cancelled = loop.after(0.03, lambda: got.append(-1))
    cancelled.cancel()

    def ran() -> bool:
        loop.run_once(1)
        return len(got) == 2

    eventually(ran, what="both have run")
    assert 0.02 <= got[0] < got[1]
    assert got[1] >= 0.05


def test_a_socket_is_watched_until_it_is_forgotten(loop: Loop) -> None:
    ours, theirs = socket.socketpair()
    got: list[int] = []
    loop.watch(ours.fileno(), 1, lambda fd, _mask: got.append(fd))
    theirs.send(b"x")
    loop.run_once(1)
    assert got == [ours.fileno()]
    loop.forget(ours.fileno())
    loop.run_once(0.01)
    assert len(got) == 1
    ours.close()
    theirs.close()
    loop.forget(99_999)
