"""What an open console costs those who send: the p99 of incoming answers with a live log, and without.

Real gateway, projector and Kafka; one paced sender, whose requests are the rows of the live log. In turn: nobody looks;
the stream is read and thrown away, as if the browser were on another machine; a browser on this one, with nice 19, as
it shares the cores. Times count from when a request was due.
"""

from __future__ import annotations

import asyncio
import http.client
import multiprocessing
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import aiohttp
import psutil

from bench.browsing import CHROMIUM, Figure, a_browser, a_page, logged_in
from bench.feeding import RATE
from bench.live_tail import live
from tests.broker import Broker
from tests.journeys.hookline import OPERATOR_KEY, Hookline

__all__ = ["intake"]

NICED = f'#!/bin/sh\nexec nice -n 19 {CHROMIUM} "$@"\n'
WARM = 3  # seconds
PATH = "/beta/webhooks/custom/bench/points"
STREAM = f"/v1/bench/incoming-log/stream?most={RATE}"
NOBODY, READER, CONSOLE = "nobody looks", "live, browser elsewhere", "live, browser here"
DEFINITION = {
    "name": "points",
    "endpoint": "points",
    "action": "point_add",
    "mapping": [{"from": "customer", "to": "customer"}, {"from": "points", "to": "data.points"}],
}

Watching = Callable[[], AbstractContextManager[object]]


async def sending(url: str, seconds: float) -> list[float]:
    """Requests at the rate, whatever becomes of those before; ms from when each was due to its answer."""
    took: list[float] = []
    async with (
        aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=32)) as session,
        asyncio.TaskGroup() as all_,
    ):
        began = time.perf_counter()

        async def one(number: int, due: float) -> None:
            async with session.post(PATH, json={"customer": f"c-{number % 1000}", "points": 325}) as answer:
                await answer.read()
                answer.raise_for_status()
            took.append((time.perf_counter() - due) * 1000)

        for number in range(int(seconds * RATE)):
            due = began + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            all_.create_task(one(number, due))
    return took


def sender(url: str, seconds: float, told: multiprocessing.Queue[list[float]]) -> None:
    told.put(asyncio.run(sending(url, seconds)))


def send(url: str, seconds: float) -> list[float]:
    """From a process of its own."""
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[list[float]] = context.Queue()
    process = context.Process(target=sender, args=(url, seconds, told), daemon=True)
    process.start()
    found = told.get(timeout=seconds + 60)
    process.join()
    return found


@contextmanager
def a_hookline(folder: Path) -> Iterator[Hookline]:
    """A Kafka, a gateway and a projector, with one webhook."""
    broker = Broker(folder / "kafka")
    broker.start()
    hookline = Hookline(broker, folder / "hookline", "bench.", log_level="WARNING")
    try:
        hookline.create_topics()
        hookline.start("gateway", "projector")
        hookline.api.call("PUT", "/v1/accounts/bench")
        made = hookline.api.call("POST", "/v1/bench/incoming-webhooks", DEFINITION)
        hookline.api.call("POST", f"/v1/bench/incoming-webhooks/{made['id']}/activate")
        yield hookline
    finally:
        hookline.stop_all()
        broker.stop()


@contextmanager
def reading(hookline: Hookline) -> Iterator[None]:
    """The stream that the console reads, read and thrown away."""
    connection = http.client.HTTPConnection(str(hookline.settings.listen), timeout=60)
    connection.request("GET", STREAM, headers={"authorization": f"Bearer {OPERATOR_KEY}"})
    answer, over = connection.getresponse(), threading.Event()

    def read() -> None:
        while not over.is_set() and answer.readline():
            pass

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(20)
    connection.close()


@contextmanager
def nobody() -> Iterator[None]:
    yield


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[-1]


def intake(folder: Path, runs: int, seconds: float) -> list[Figure]:
    """Runs in turn, each time in another order."""
    niced = folder / "chromium"
    niced.write_text(NICED)
    niced.chmod(0o700)
    with a_hookline(folder) as hookline, a_browser(niced) as browser:
        gateway = psutil.Process(hookline.processes["gateway"].pid)
        context = logged_in(browser, hookline.url, OPERATOR_KEY)
        page = a_page(context)
        send(hookline.url, WARM)
        watching: dict[str, Watching] = {
            NOBODY: nobody,
            READER: lambda: reading(hookline),
            CONSOLE: lambda: live(page, "/a/bench/in/log"),
        }
        last, used = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
        for run in range(runs):
            for how in [*watching][:: 1 if run % 2 else -1]:
                with watching[how]():
                    before = cpu(gateway)
                    last[how].append(p99(send(hookline.url, seconds)))
                    used[how].append((cpu(gateway) - before) / seconds * 100)
        context.close()
    return figures(last, used)


def figures(last: dict[str, list[float]], used: dict[str, list[float]]) -> list[Figure]:
    """What the p99 were, how far they moved, and what the gateway's CPU was."""
    allowed = max(5.0, statistics.median(last[NOBODY]) * 0.1)
    found = [Figure(f"incoming, {RATE} a second, p99: {how}", values, None) for how, values in last.items()]
    for how in (READER, CONSOLE):
        moved = [here - without for here, without in zip(last[how], last[NOBODY], strict=True)]
        found.append(Figure(f"  p99 moved: {how}", moved, allowed))
    return found + [Figure(f"  CPU of the gateway: {how}", values, None, "%") for how, values in used.items()]
