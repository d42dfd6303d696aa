"""Several members of each role on one Kafka and one PostgreSQL: added, removed and killed while requests come in."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.journeys.hookline import ROLES, Hookline
from tests.journeys.load import Load, Sent
from tests.waiting import eventually, free_port

__all__ = ["Fleet"]

MEMBERS = 3  # of each role there may be
RATE = 40  # requests a second to each of two gateways


class Fleet:
    """Members by role; each has a name of its own, which is its slot, and a gateway a port of its own."""

    def __init__(self, hookline: Hookline) -> None:
        self.hookline = hookline
        self.addresses = [hookline.settings.listen, *(f"127.0.0.1:{free_port()}" for _ in range(MEMBERS - 1))]
        self.done: list[str] = []  # what was done to whom
        self.silent: dict[str, int] = {}  # how long the log of each was when it was last started

    @staticmethod
    def name(role: str, number: int) -> str:
        return role if number == 0 else f"{role}-{number + 1}"

    def alive(self, role: str) -> list[int]:
        """The members that run; one that ended by itself is said."""
        numbers = [number for number in range(MEMBERS) if self.name(role, number) in self.hookline.processes]
        for number in numbers:
            name = self.name(role, number)
            assert self.hookline.processes[name].poll() is None, f"{name} ended by itself: {self.hookline.log(name)}"
        return numbers

    def add(self, role: str, number: int) -> None:
        """Start a member; it joins while the others go on."""
        self.done.append(f"add {role} {number}")
        self.silent[self.name(role, number)] = self.said(role, number)
        own = {"listen": self.addresses[number]} if role == "gateway" else {}
        self.hookline.start_role(self.name(role, number), **own)

    def said(self, role: str, number: int) -> int:
        """How much a member has written to its log."""
        file = self.hookline.log_file(self.name(role, number))
        return file.stat().st_size if file.exists() else 0

    def remove(self, role: str, number: int, how: signal.Signals) -> None:
        """End a member, by a signal; SIGTERM must end it in order, once it has begun."""
        self.done.append(f"{how.name} {role} {number}")
        begun = self.said(role, number)
        code = self.hookline._end(self.name(role, number), how)
        in_order = code == 0 or (code == -how and begun == self.silent.get(self.name(role, number), 0))
        assert how is signal.SIGKILL or in_order, self.hookline.log(self.name(role, number))

    def start_two(self) -> None:
        """Two of each role."""
        for role in ROLES:
            for number in range(2):
                if number not in self.alive(role):
                    self.add(role, number)
        eventually(self.hookline.is_ready, within=60, what="the first gateway is ready")

    def change_for(self, seconds: float, dice: random.Random) -> None:
        """Add, remove and kill members, whoever comes, for so long; no role is without a member for long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            role = dice.choice(ROLES)
            members = self.alive(role)
            away = [number for number in range(MEMBERS) if number not in members]
            if not members or (away and dice.random() < 0.5):
                self.add(role, dice.choice(away))
            else:
                how = signal.SIGTERM if dice.random() < 0.3 else signal.SIGKILL
                self.remove(role, dice.choice(members), how)
            time.sleep(dice.uniform(0.2, 2.5))  # how often something happens, not a wait for it

    @contextlib.contextmanager
    def under_load(self, path: str) -> Iterator[list[Load]]:
        """Requests to the first two gateways; each is a stream of its own."""
        loads = [Load(f"http://{self.addresses[number]}{path}", body_of(number), rate=RATE) for number in range(2)]
        with loads[0], loads[1]:
            yield loads


def body_of(gateway: int) -> Callable[[int], Any]:
    return lambda number: {"customer": f"c-{number % 97}", "points": number, "gateway": gateway}


def accepted(loads: list[Load]) -> list[Sent]:
    return [each for load in loads for each in load.accepted]
