"""A Kafka outage, measured: how long callers wait for a 503, the gateway's memory, and when full speed is back.

    .venv/bin/python -m bench.outage [--seconds 10] [--away 20]

Starts a local Kafka and a gateway in a folder of its own, each as a process, and sends requests all the time over 32
connections; kills the broker, starts it again, and looks at what each second of callers was answered.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp
import psutil
import uvloop

from bench.incoming import BODY, HOOKLINE, prepare
from bench.whole_path import free_port
from gateway.cli.client import Client

CONNECTIONS = 32
FULL = 0.9  # of the rate before is full speed


@dataclass(slots=True)
class Seen:
    """Answers by status and second of their coming, and the longest wait for each status; times in seconds."""

    answers: dict[int, Counter[int]] = field(default_factory=dict)
    longest: dict[int, float] = field(default_factory=dict)

    def add(self, status: int, took: float) -> None:
        self.answers.setdefault(int(time.perf_counter()), Counter())[status] += 1
        self.longest[status] = max(took, self.longest.get(status, 0.0))

    def accepted(self, second: int) -> int:
        return self.answers.get(second, Counter())[200]


async def caller(session: aiohttp.ClientSession, seen: Seen) -> None:
    while True:
        begun = time.perf_counter()
        async with session.post("/beta/webhooks/custom/bench/points", data=BODY) as response:
            await response.read()
            status = response.status
        seen.add(status, time.perf_counter() - begun)
        if status != 200:
            await asyncio.sleep(0.05)


async def story(port: int, gateway: psutil.Process, kafka: Kafka, seconds: float, away: float) -> None:
    headers = {"content-type": "application/json"}
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector, headers=headers) as session:
        seen = Seen()
        callers = [asyncio.create_task(caller(session, seen)) for _ in range(CONNECTIONS)]
        await asyncio.sleep(seconds)
        now, memory = int(time.perf_counter()), gateway.memory_info().rss / 1e6
        before = sum(seen.accepted(now - 1 - each) for each in range(int(seconds) - 2)) / (int(seconds) - 2)
        seen.longest.clear()
        kafka.kill()
        await asyncio.sleep(away)
        then = gateway.memory_info().rss / 1e6
        print(f"before {before:,.0f} requests/s; away: {seen.longest.get(503, 0):.2f} s at most for a 503, memory ")
        print(f"       {memory:.0f} MB before, {then:.0f} MB after {away:g} s; other statuses: {sorted(seen.longest)}")
        kafka.start()
        await back(seen, before, time.perf_counter())
        for each in callers:
            each.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


async def back(seen: Seen, before: float, started: float) -> None:
    """When the first request is accepted, and from which second on as many as before."""
    first = 0.0
    for _ in range(120):
        await asyncio.sleep(1)
        last = int(time.perf_counter()) - 1
        if not first and seen.accepted(last):
            first = float(last)
            print(f"back: the first request is accepted {first - started:.0f} s after the broker was started")
        if seen.accepted(last) >= FULL * before:
            print(f"      full speed {last - first:.0f} s after that")
            return
    raise SystemExit("full speed has not come back within two minutes")


class Kafka:
    """The broker, as a process that is killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Start it."""
        self._process = subprocess.Popen([HOOKLINE, "kafka", "run"], env=self._environment)

    def kill(self) -> None:
        """Kill it and what it started, as a machine does that loses its power."""
        for each in (*psutil.Process(self._process.pid).children(recursive=True), psutil.Process(self._process.pid)):
            each.kill()
        self._process.wait(20)


def main() -> None:
    """Run it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--away", type=float, default=20)
    asked = options.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "HOOKLINE_DATA_DIR": folder,
            "HOOKLINE_LISTEN": f"127.0.0.1:{port}",
            "HOOKLINE_LOCAL_KAFKA_LISTEN": f"127.0.0.1:{free_port()}",
            "HOOKLINE_OPERATOR_KEY": "hk_bench",
            "HOOKLINE_SECRET_KEY": "bench, of some length",
            "HOOKLINE_LOG_LEVEL": "ERROR",
        }
        kafka = Kafka(environment)
        gateway = subprocess.Popen([HOOKLINE, "gateway"], env=environment)
        try:
            command = [HOOKLINE, "topics", "create"]
            while subprocess.run(command, env=environment, capture_output=True, check=False).returncode:
                time.sleep(0.5)
            prepare(Client(f"http://127.0.0.1:{port}", "hk_bench"))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(story(port, psutil.Process(gateway.pid), kafka, asked.seconds, asked.away))
        finally:
            gateway.terminate()
            gateway.wait(20)
            kafka.kill()


if __name__ == "__main__":
    main()
