"""Names to addresses without ever holding up the courier."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from streams.edges.resolver import THREADS, Found, Resolver
from tests.waiting import eventually


class Names:
    """A resolver whose look-ups end when the test says so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.known: dict[str, Found] = {}
        self.hang = threading.Event()
        self.posted: deque[Callable[[], None]] = deque()
        self.resolver = Resolver(self.posted.append, self.look_up)

    def look_up(self, host: str) -> Found:
        self.asked.append(host)
        if host.startswith("hangs"):
            self.hang.wait(60)
        return self.known.get(host, ())

    def answers(self, count: int, got: list[Found]) -> bool:
        while self.posted:
            self.posted.popleft()()
        return len(got) == count


@pytest.fixture
def names() -> Iterator[Names]:
    one = Names()
    yield one
    one.hang.set()


def test_an_address_is_known_at_once(names: Names) -> None:
    got: list[Found] = []
    names.resolver.resolve("127.1", got.append)
    assert got == [("127.0.0.1",)]
    assert names.asked == []


def test_a_name_is_looked_up_once_for_all_who_wait_and_kept_for_a_while(names: Names) -> None:
    names.known["crm.example"] = ("192.0.2.1", "192.0.2.2")
    got: list[Found] = []
    for _ in range(3):
        names.resolver.resolve("crm.example", got.append)
    eventually(lambda: names.answers(3, got), what="all three have their answer")
    names.resolver.resolve("crm.example", got.append)
    assert got == [("192.0.2.1", "192.0.2.2")] * 4
    assert names.asked == ["crm.example"]


def test_a_name_without_addresses_is_an_answer_too(names: Names) -> None:
    got: list[Found] = []
    names.resolver.resolve("nowhere.example", got.append)
    eventually(lambda: names.answers(1, got), what="the answer came")
    assert got == [()]


def test_hung_names_take_one_thread_each_and_the_others_go_on(names: Names) -> None:
    got: list[Found] = []
    for number in range(THREADS - 1):
        for _ in range(5):
            names.resolver.resolve(f"hangs-{number}.example", got.append)
    names.resolver.resolve("good.example", got.append)
    eventually(lambda: names.answers(1, got), what="the good name has its answer")
    assert len(names.asked) == THREADS


def test_the_system_knows_this_machine() -> None:
    posted: deque[Callable[[], None]] = deque()
    got: list[Found] = []
    Resolver(posted.append).resolve("localhost", got.append)
    eventually(lambda: posted, what="the look-up ended")
    posted.popleft()()
    assert {"127.0.0.1", "::1"} & set(got[0])


def test_whoever_gave_up_is_not_held_by_a_hung_name_nor_is_it_looked_up_twice(names: Names) -> None:
    got: list[Found] = []
    for _ in range(3):
        names.resolver.resolve("hangs.example", got.append)
        names.resolver.forget("hangs.example", got.append)
    eventually(lambda: names.asked, what="the look-up has begun")
    names.hang.set()
    eventually(lambda: names.posted, what="the look-up has ended")
    assert names.answers(0, got)
    assert names.asked == ["hangs.example"]
