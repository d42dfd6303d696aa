"""Requests per CPU-second of the gateway, beside two bare echoes on the same loop, aiohttp's and a protocol's own.

    .venv/bin/python bench/incoming.py [--seconds 5] [--connections 32]

Starts a local Kafka, a gateway and the echoes in a folder of its own, each as a process; CPU time is theirs alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import psutil
import uvloop
from aiohttp import web

from gateway.cli.client import Client, NotReached, Refused

HOOKLINE = str(Path(sys.executable).with_name("hookline"))
KAFKA, GATEWAY, ECHO, BARE = 18792, 18780, 18781, 18782
BODY = b'{"clientID": "c-1001", "pointstobeadded": "325", "reason": "birthday"}'
DEFINITION = {
    "name": "points",
    "endpoint": "points",
    "filters": {"all": [{"attribute": "body.pointstobeadded", "operator": "exists"}]},
    "action": "point_add",
    "mapping": [{"from": "clientID", "to": "customer"}, {"from": "pointstobeadded", "to": "data.points"}],
}


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read(), content_type="application/json")


async def serve_echo() -> None:
    app = web.Application()
    app.router.add_post("/beta/webhooks/custom/{account}/{endpoint}", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ECHO).start()
    await asyncio.Event().wait()


class Bare(asyncio.Protocol):
    """The least that can answer: it looks for nothing but the end of a head, and sends the body back."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        body = data.partition(b"\r\n\r\n")[2]
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write(head + body)


async def serve_bare() -> None:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", BARE)
    await server.serve_forever()


class Caller(asyncio.Protocol):
    """One connection: a request, its answer, the next request, until told to stop."""

    def __init__(self, path: str) -> None:
        head = (
            f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
        )
        self.request = head.encode() + BODY
        self.times: list[float] = []
        self.wrong = 0
        self.stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.times.append(time.perf_counter() - self.asked)
        self.wrong += not data.startswith(b"HTTP/1.1 200")
        if self.stopped:
            self.transport.close()
        else:
            self.ask()


async def load(port: int, connections: int, seconds: float) -> tuple[list[float], int]:
    loop = asyncio.get_running_loop()
    path = "/beta/webhooks/custom/bench/points"
    callers = [(await loop.create_connection(lambda: Caller(path), "127.0.0.1", port))[1] for _ in range(connections)]
    await asyncio.sleep(seconds)
    for caller in callers:
        caller.stopped = True
    await asyncio.sleep(0.2)
    return sorted(took for caller in callers for took in caller.times), sum(caller.wrong for caller in callers)


def measure(name: str, process: subprocess.Popen[bytes], port: int, connections: int, seconds: float) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(load(port, connections, 1))
        before = cpu(process)
        times, wrong = runner.run(load(port, connections, seconds))
        used = cpu(process) - before
    half, last = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
    rss = psutil.Process(process.pid).memory_info().rss / 2**20
    print(
        f"{name:8} {len(times) / seconds:8.0f} requests/s {len(times) / used:8.0f} per CPU-second  "
        f"p50 {half:6.2f} ms  p99 {last:6.2f} ms  {wrong} wrong  {rss:.0f} MiB"
    )


def cpu(process: subprocess.Popen[bytes]) -> float:
    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


def prepare(client: Client) -> None:
    for _ in range(600):
        try:
            client.call("GET", "/readyz")
            break
        except (NotReached, Refused):
            time.sleep(0.1)
    client.call("PUT", "/v1/accounts/bench")
    made = client.call("POST", "/v1/bench/incoming-webhooks", DEFINITION)
    client.call("POST", f"/v1/bench/incoming-webhooks/{made['id']}/activate")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=5)
    options.add_argument("--connections", type=int, default=32)
    options.add_argument("--echo", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.echo or asked.bare:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve_echo() if asked.echo else serve_bare())
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "HOOKLINE_DATA_DIR": folder,
            "HOOKLINE_LISTEN": f"127.0.0.1:{GATEWAY}",
            "HOOKLINE_LOCAL_KAFKA_LISTEN": f"127.0.0.1:{KAFKA}",
            "HOOKLINE_OPERATOR_KEY": "hk_bench",
            "HOOKLINE_SECRET_KEY": "bench, of some length",
        }
        commands = {
            "kafka": [HOOKLINE, "kafka", "run"],
            "gateway": [HOOKLINE, "gateway"],
            "echo": [sys.executable, __file__, "--echo"],
            "bare": [sys.executable, __file__, "--bare"],
        }
        processes = {name: subprocess.Popen(command, env=environment) for name, command in commands.items()}
        try:
            command = [HOOKLINE, "topics", "create"]
            while subprocess.run(command, env=environment, capture_output=True, check=False).returncode:
                time.sleep(0.5)
            prepare(Client(f"http://127.0.0.1:{GATEWAY}", "hk_bench"))
            measure("protocol", processes["bare"], BARE, asked.connections, asked.seconds)
            measure("aiohttp", processes["echo"], ECHO, asked.connections, asked.seconds)
            measure("gateway", processes["gateway"], GATEWAY, asked.connections, asked.seconds)
            measure("gateway", processes["gateway"], GATEWAY, 1, asked.seconds)
        finally:
            for process in reversed(processes.values()):
                process.terminate()
            for process in processes.values():
                process.wait(20)


if __name__ == "__main__":
    main()
