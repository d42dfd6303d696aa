"""A child: its lines pass, it is started again when it ends, and it stops when asked."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

import pytest

from gateway.up import child as child_module
from gateway.up.child import Child

Said = list[tuple[str, str]]


def child_of(script: str, said: Said, *, grace: float = 60.0) -> Child:
    command = [sys.executable, "-c", script]
    return Child("role", command, os.environ, lambda who, line: said.append((who, line)), grace)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what fills the list does not know of events
            await asyncio.sleep(0.01)


def run(scene: Callable[[Said], Awaitable[None]]) -> Said:
    said: Said = []
    asyncio.run(_scene(scene, said))
    return said


async def _scene(scene: Callable[[Said], Awaitable[None]], said: Said) -> None:
    await scene(said)


def test_its_lines_pass_with_its_name_whichever_stream_they_come_from() -> None:
    script = "import sys, time; print('out', flush=True); print('err', file=sys.stderr, flush=True); time.sleep(60)"

    async def scene(said: Said) -> None:
        child = child_of(script, said)
        child.start()
        await until(lambda: len(said) == 2)
        await child.stop()

    assert run(scene) == [("role", "out"), ("role", "err")]


def test_it_is_started_again_with_growing_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "FIRST_DELAY", 0.01)

    async def scene(said: Said) -> None:
        child = child_of("raise SystemExit(3)", said)
        child.start()
        await until(lambda: len(said) == 3)
        await child.stop()

    sentences = [line for _, line in run(scene)][:3]
    assert [line.split("again in ")[1] for line in sentences] == ["0.01 s", "0.02 s", "0.04 s"]
    assert all("role ended with 3" in line for line in sentences)


def test_asked_to_stop_it_ends_by_sigterm_and_is_not_started_again() -> None:
    async def scene(said: Said) -> None:
        child = child_of("print('up', flush=True); import time; time.sleep(60)", said)
        child.start()
        await until(lambda: bool(said))
        await child.stop()
        assert child.process is not None
        assert child.process.returncode == -15

    assert run(scene) == [("role", "up")]


def test_one_that_does_not_stop_in_time_is_killed() -> None:
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"

    async def scene(said: Said) -> None:
        child = child_of(script, said, grace=0.2)
        child.start()
        await until(lambda: bool(said))
        await child.stop()
        assert child.process is not None
        assert child.process.returncode == -9

    assert run(scene)[-1][1].endswith("is killed")


def test_a_line_longer_than_the_limit_passes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "LINE", 1000)

    async def scene(said: Said) -> None:
        child = child_of("print('x' * 5000, flush=True); import time; time.sleep(60)", said)
        child.start()
        await until(lambda: sum(len(line) for _, line in said) == 5000)
        await child.stop()

    assert {who for who, _ in run(scene)} == {"role"}


def test_stopping_one_that_waits_for_its_next_start_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "FIRST_DELAY", 600)

    async def scene(said: Said) -> None:
        child = child_of("raise SystemExit(1)", said)
        child.start()
        await until(lambda: bool(said))
        async with asyncio.timeout(60):
            await child.stop()

    run(scene)
