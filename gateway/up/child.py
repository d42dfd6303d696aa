"""One role as a child process: started, watched, started again with back-off when it ends, stopped when asked.

Starting again is the only recovery there is; a role that cannot go on just ends.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.up import tether

__all__ = ["Child", "Say"]

Say = Callable[[str, str], None]  # who, a line

FIRST_DELAY, LONGEST_DELAY = 0.25, 10.0  # seconds
STEADY = 30.0  # seconds after which an end counts as the first again
LINE = 1024 * 1024  # bytes of one line that are passed on


@dataclass(slots=True)
class Child:
    """One role. `grace` is the time in seconds that it may take to stop before it is killed."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    say: Say
    grace: float = 15.0
    settled_by: str = ""  # words of the line with which it says that it works
    process: asyncio.subprocess.Process | None = None
    ended_once: asyncio.Event = field(default_factory=asyncio.Event)  # for whoever cannot do without it
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start it, and again whenever it ends."""
        self._task = asyncio.create_task(self._keep_running(), name=self.name)

    async def stop(self) -> None:
        """Ask it to end, wait, and kill it when its time is up."""
        self._stop.set()
        if self._task is not None:
            await self._task

    def kill(self) -> None:
        """End it at once."""
        self._stop.set()
        if self.process is not None and self.process.returncode is None:
            self.process.kill()

    async def _keep_running(self) -> None:
        loop, delay = asyncio.get_running_loop(), FIRST_DELAY
        while not self._stop.is_set():
            begun = loop.time()
            code = await self._run_once()
            self.ended_once.set()
            if self._stop.is_set():
                return
            delay = FIRST_DELAY if loop.time() - begun > STEADY else delay
            self.say("hookline", f"{self.name} ended with {code}; started again in {delay:g} s")
            await happens(self._stop, delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> int:
        pipe = asyncio.subprocess.PIPE
        self.process = process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=asyncio.subprocess.STDOUT,
            env={**self.environment, tether.VARIABLE: str(os.getpid())},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops all in order
            limit=LINE,
        )
        passing = asyncio.create_task(self._pass_on(process))
        code = await self._until_it_ends(process)
        await asyncio.wait([passing], timeout=1)
        passing.cancel()
        return code

    async def _until_it_ends(self, process: asyncio.subprocess.Process) -> int:
        ended = asyncio.create_task(process.wait())
        asked = asyncio.create_task(self._stop.wait())
        await asyncio.wait([ended, asked], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not ended.done():
            process.terminate()
            await asyncio.wait([ended], timeout=self.grace)
            if not ended.done():
                self.say("hookline", f"{self.name} did not stop within {self.grace:g} s and is killed")
                process.kill()
        return await ended

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for line in lines(process.stdout):
                self.say(self.name, line)
                if self.settled_by and self.settled_by in line:
                    self.settled.set()


async def lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines as they come; what is longer than the limit is cut into pieces."""
    while True:
        try:
            found = await stream.readuntil()
        except asyncio.IncompleteReadError as last:
            if last.partial:
                yield text(last.partial)
            return
        except asyncio.LimitOverrunError as long:
            found = await stream.readexactly(long.consumed)
        yield text(found)


def text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event that long; whether it came."""
    waiting: asyncio.Task[Any] = asyncio.create_task(event.wait())
    await asyncio.wait([waiting], timeout=seconds)
    waiting.cancel()
    return event.is_set()
