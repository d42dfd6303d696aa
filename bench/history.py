"""Jobs over the incoming log, measured: a check of history, a preview and a run of reprocessing, of the last requests.

    .venv/bin/python bench/history.py [--requests 10000]

Starts `hookline up` in a folder of its own, sends as many requests that its definition refuses, repairs the definition,
and times what a person would do next; with it how long single requests wait meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench.whole_path import CONNECTIONS, call, free_port, hookline_up, ready

ENDPOINT = "/beta/webhooks/custom/bench/points"
WEBHOOKS = "/v1/bench/incoming-webhooks"
REPROCESS = "/v1/bench/incoming-log/reprocess"
REPAIRED = [{"from": "client", "to": "customer"}, {"from": "points", "to": "data.points"}]
EVERY = 0.1  # seconds between two looks


async def post(session: aiohttp.ClientSession, number: int) -> int:
    body = {"client": f"c-{number}", "points": number, "reason": "till"}
    async with session.post(ENDPOINT, json=body) as response:
        await response.read()
        return response.status


async def fill(session: aiohttp.ClientSession, count: int) -> dict[str, Any]:
    """Requests that are all invalid; the definition that takes them."""
    await call(session, "PUT", "/v1/accounts/bench")
    definition = {"name": "points", "endpoint": "points", "action": "point_add", "filters": {}}
    definition |= {"filters": None, "mapping": [{"from": "customer", "to": "customer"}]}
    made = await call(session, "POST", WEBHOOKS, definition)
    made = await call(session, "POST", f"{WEBHOOKS}/{made['id']}/activate")
    numbers = iter(range(count))

    async def sender() -> None:
        for number in numbers:
            assert await post(session, number) == 422

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    repaired: dict[str, Any] = await call(session, "PUT", f"{WEBHOOKS}/{made['id']}", made | {"mapping": REPAIRED})
    await folded(session, min(count, 10_000))
    return repaired


async def folded(session: aiohttp.ClientSession, count: int) -> None:
    """Until the store has them."""
    for _ in range(3000):
        if (await call(session, "GET", "/v1/bench/incoming-log?count=true&limit=1"))["count"] >= count:
            await asyncio.sleep(2)  # the rest of it
            return
        await asyncio.sleep(EVERY)
    raise SystemExit("the store does not fold them")


async def ended(session: aiohttp.ClientSession, job: dict[str, Any]) -> dict[str, Any]:
    path, after = f"/v1/bench/jobs/{job['id']}", f"?after={job['position']}"
    while job["state"] == "running":
        await asyncio.sleep(EVERY)
        job, after = await call(session, "GET", path + after), ""
    return job


async def timed(session: aiohttp.ClientSession, name: str, path: str = "", body: Any = None) -> None:
    """A job; without a path nothing but the requests."""
    waits: list[float] = []

    async def meanwhile() -> None:
        while True:
            begun = time.perf_counter()
            await post(session, 0)
            waits.append(time.perf_counter() - begun)
            await asyncio.sleep(0.02)

    other = asyncio.create_task(meanwhile())
    begun = time.perf_counter()
    job: dict[str, Any] = {"state": "", "reached": 0}
    if path:
        job = await ended(session, await call(session, "POST", path, body))
    else:
        await asyncio.sleep(5)
    took = time.perf_counter() - begun
    other.cancel()
    waits.sort()
    half, last = waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000
    print(
        f"{name:20} {job['state']:4} {job['reached']:6,} in {took:5.1f} s; "
        f"requests meanwhile p50 {half:5.1f} ms, p99 {last:5.1f} ms"
    )


async def measure(folder: Path, requests: int) -> None:
    listen = f"127.0.0.1:{free_port()}"
    connector = aiohttp.TCPConnector(limit=CONNECTIONS * 2)
    with hookline_up(folder, listen) as up:
        async with aiohttp.ClientSession(f"http://{listen}", connector=connector) as session:
            await ready(session, up)
            made = await fill(session, requests)
            await timed(session, "no job")
            await timed(session, "history", f"{WEBHOOKS}/{made['id']}/dry-run", {"last": requests})
            wanted = {"filter": {"outcome": "invalid"}}
            await timed(session, "reprocess, dry run", REPROCESS, wanted | {"dry_run": True})
            await timed(session, "reprocess", REPROCESS, wanted)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.requests))


if __name__ == "__main__":
    main()
