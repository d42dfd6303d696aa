"""The whole path, measured: events/s, CPU-seconds per 1,000 events of every process, latency at 50 events/s, memory.

    make bench                      # or: .venv/bin/python bench/whole_path.py --events 20000

Starts `hookline up` in a folder of its own, sends requests as fast as they are answered until --events are accepted,
waits until the receiver has them all; then 50 a second for --seconds, for the time from accepted request to arrival.
Machines are noisy: what counts are the ratios between processes of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web

ROLES = ("gateway", "streams", "courier", "projector", "kafka")
CONNECTIONS = 64


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Arrivals:
    """A receiver in this process: when each customer's message arrived."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.changed = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        start = body.index(b'"customer":"') + 12
        self.at.setdefault(body[start : body.index(b'"', start)].decode(), time.perf_counter())
        self.changed.set()
        return web.Response()

    async def wait_for(self, count: int) -> None:
        while len(self.at) < count:
            self.changed.clear()
            await self.changed.wait()


@contextmanager
def hookline_up(folder: Path, listen: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")}
    environment |= {
        "HOOKLINE_LISTEN": listen,
        "HOOKLINE_LOCAL_KAFKA_LISTEN": f"127.0.0.1:{free_port()}",
        "HOOKLINE_DATA_DIR": str(folder / "data"),
        "HOOKLINE_ALLOWED_NETWORKS": "127.0.0.1/32",
        "HOOKLINE_OPERATOR_KEY": "hk_bench",
        "HOOKLINE_LOG_LEVEL": "WARNING",
    }
    with (folder / "said").open("wb") as out:
        command = [str(Path(sys.executable).with_name("hookline")), "up"]
        up = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        yield up
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def role_of(process: psutil.Process) -> str:
    words = process.cmdline()
    if any("kafka.Kafka" in word for word in words):
        return "kafka"
    return next((role for role in ROLES if role != "kafka" and role in words), "")


def usage(up: subprocess.Popen[bytes]) -> dict[str, tuple[float, float]]:
    """CPU-seconds and resident MB of each role."""
    found: dict[str, tuple[float, float]] = {}
    for process in psutil.Process(up.pid).children(recursive=True):
        try:
            if role := role_of(process):
                times = process.cpu_times()
                found[role] = (times.user + times.system, process.memory_info().rss / 1e6)
        except psutil.NoSuchProcess:
            continue
    return found


async def ready(session: aiohttp.ClientSession, up: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if up.poll() is not None:
            raise SystemExit("hookline up has ended")
        try:
            async with session.get("/readyz") as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("hookline is not ready")


async def call(session: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> Any:
    headers = {"authorization": "Bearer hk_bench"}
    async with session.request(method, path, json=body, headers=headers) as response:
        text = await response.text()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {text}")
        return json.loads(text) if text else None


async def configure(session: aiohttp.ClientSession, url: str) -> None:
    await call(session, "PUT", "/v1/accounts/bench")
    site = {"name": "sink", "url": url, "state": "active", "timeout_seconds": 10, "parallel": 64}
    made = await call(session, "POST", "/v1/bench/sites", site)
    subscription = {"name": "all", "site_id": made["id"], "actions": ["*"]}
    await call(session, "POST", "/v1/bench/subscriptions", subscription)
    definition = {
        "name": "points",
        "endpoint": "points",
        "action": "point_add",
        "filters": {"all": [{"attribute": "body.points", "operator": "exists"}]},
        "mapping": [
            {"from": "customer", "to": "customer"},
            {"from": "points", "to": "data.points"},
            {"from": "reason", "to": "data.reason"},
        ],
    }
    webhook = await call(session, "POST", "/v1/bench/incoming-webhooks", definition)
    await call(session, "POST", f"/v1/bench/incoming-webhooks/{webhook['id']}/activate")


async def send(session: aiohttp.ClientSession, customer: str) -> float:
    """One request; answers when it was answered."""
    body = {"customer": customer, "points": 325, "reason": "till"}
    async with session.post("/beta/webhooks/custom/bench/points", json=body) as response:
        await response.read()
        if response.status != 200:
            raise SystemExit(f"answered {response.status}")
    return time.perf_counter()


async def flood(session: aiohttp.ClientSession, arrivals: Arrivals, count: int) -> tuple[float, float]:
    """Send as fast as answers come; seconds until all were accepted, and until all had arrived."""
    numbers = iter(range(count))
    here, begun = len(arrivals.at), time.perf_counter()

    async def one_after_the_other() -> None:
        for number in numbers:
            await send(session, f"flood-{number}")

    await asyncio.gather(*(one_after_the_other() for _ in range(CONNECTIONS)))
    accepted = time.perf_counter() - begun
    async with asyncio.timeout(120 + count / 100):
        await arrivals.wait_for(here + count)
    return accepted, time.perf_counter() - begun


async def steady(session: aiohttp.ClientSession, arrivals: Arrivals, seconds: float, rate: int) -> list[float]:
    """Seconds from the answer to the arrival, at `rate` requests a second; negative: it arrived first."""
    answered: dict[str, float] = {}
    here, begun, count = len(arrivals.at), time.perf_counter(), int(seconds * rate)

    async def one(number: int) -> None:
        answered[f"steady-{number}"] = await send(session, f"steady-{number}")

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            tasks.create_task(one(number))
    async with asyncio.timeout(60):
        await arrivals.wait_for(here + count)
    return [max(0.0, arrivals.at[name] - at) for name, at in answered.items()]


async def measure(folder: Path, events: int, seconds: float) -> None:
    listen, port = f"127.0.0.1:{free_port()}", free_port()
    arrivals = Arrivals()
    app = web.Application()
    app.router.add_post("/hooks", arrivals.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    with hookline_up(folder, listen) as up:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(f"http://{listen}", connector=connector) as session:
            await ready(session, up)
            await configure(session, f"http://127.0.0.1:{port}/hooks")
            await flood(session, arrivals, min(500, events))  # warm
            arrivals.at.clear()
            await asyncio.sleep(2)
            waits = await steady(session, arrivals, seconds, 50)
            before = usage(up)
            accepted, arrived = await flood(session, arrivals, events)
            await asyncio.sleep(2)  # the projector's last batch
            after = usage(up)
    await runner.cleanup()
    report(events, (accepted, arrived), waits, before, after)


Usage = dict[str, tuple[float, float]]


def report(events: int, took: tuple[float, float], waits: list[float], before: Usage, after: Usage) -> None:
    accepted, arrived = took
    print(f"{events:,} requests: accepted {events / accepted:,.0f}/s, arrived {events / arrived:,.0f}/s")
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"50/s, accepted to arrived: p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms ({len(waits)} requests)"
    )
    print(f"{'role':10} {'CPU-s/1,000':>12} {'share':>6} {'RSS MB, 50/s':>13} {'after':>6}")
    spent = {role: after[role][0] - before[role][0] for role in ROLES if role in after}
    for role, seconds in spent.items():
        share = seconds / sum(spent.values())
        print(f"{role:10} {seconds / events * 1000:12.2f} {share:6.0%} {before[role][1]:13.0f} {after[role][1]:6.0f}")
    print(f"{'all':10} {sum(spent.values()) / events * 1000:12.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20, help="how long 50 requests a second are sent")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as folder:
        asyncio.run(measure(Path(folder), chosen.events, chosen.seconds))


if __name__ == "__main__":
    main()
