"""Deliveries a CPU-second: the courier, against a bare loop that makes the same requests with libcurl and nothing else.

Needs the topics on the Kafka of the settings: `hookline kafka run`, `hookline topics create`, then
`python bench/deliver.py [COUNT] [LANES]`. Starts a courier and a receiver of its own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pycurl
import uvloop
from confluent_kafka import Producer

from schemas.codec import encode
from schemas.identity import lane_key, lane_partition, lane_slot
from schemas.records import Change, ChangeItem, Delivery, EntityKind, QueueReason, Trigger
from schemas.settings import Settings
from schemas.topics import Topics

SITES = 10
PARALLEL = 8
BODY = json.dumps({"id": "evt", "account": "bench", "customer": "c", "action": "point_add", "data": {"points": 325}})


class Receiver(asyncio.Protocol):
    """Answers each POST with 200; counts, and says when a message with a time in it arrived."""

    def __init__(self, count: Any, delays: Any) -> None:
        self.count, self.delays, self.data = count, delays, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.data) < end + 4 + length:
                return
            body, self.data = self.data[end + 4 : end + 4 + length], self.data[end + 4 + length :]
            with self.count.get_lock():
                self.count.value += 1
            if b'"sent"' in body:
                self.delays.put(time.time() - json.loads(body)["sent"])
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def receive(listener: socket.socket, count: Any, delays: Any) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(count, delays), sock=listener)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


def bare(url: str, count: int) -> float:
    """CPU-seconds of a loop that only makes the requests."""
    multi, idle, left = pycurl.CurlMulti(), [], count
    for _ in range(SITES * PARALLEL):
        curl = pycurl.Curl()
        for option, value in ((pycurl.URL, url), (pycurl.POSTFIELDS, BODY), (pycurl.WRITEFUNCTION, lambda _: None)):
            curl.setopt(option, value)
        curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json", "webhook-id: dlv_1", "Expect:"])
        idle.append(curl)
    begun, running = time.process_time(), 0
    while left or running:
        while idle and left:
            left -= 1
            multi.add_handle(idle.pop())
        _, running = multi.perform()
        _, done, failed = multi.info_read()
        for curl in [*done, *(each[0] for each in failed)]:
            multi.remove_handle(curl)
            idle.append(curl)
        if running:
            multi.select(0.1)
    return time.process_time() - begun


def delivery(name: str, account: str, site: str, body: str, partitions: int, *, parallel: int = PARALLEL) -> Delivery:
    lane = lane_key(site, lane_slot(name, parallel, partitions))
    return Delivery(
        delivery_id=f"dlv_{name}", chain="0", step=1, account=account, event_id=f"evt_{name}", event_timestamp=0,
        subscription_id="sub", site_id=site, customer=name, action="point_add", lane=lane, ordering="none",
        content_type="application/json", body=body.encode(), path="", filename="", problem="", created_at=0,
        config_offset=-1, trigger=Trigger.AUTO, resend_id=None, reason=QueueReason.QUEUED, due=0, postponed_since=None,
        origin_offset=-1, parent_attempt=None,
    )  # fmt: skip


def configure(
    producer: Producer, topics: Topics, account: str, url: str, authentication: dict[str, Any] | None = None,
    *, parallel: int = PARALLEL,
) -> list[str]:  # fmt: skip
    """An account with active sites."""
    sites = [f"{account}-{number}" for number in range(SITES)]
    items = [ChangeItem(kind=EntityKind.ACCOUNT, id=account, base_revision=0, body=json.dumps({"account": account}))]
    for site in sites:
        body = {"name": site, "url": url, "state": "active", "timeout_seconds": 5, "parallel": parallel,
                "retry_delays": [], "authentication": authentication or {"type": "none"}}  # fmt: skip
        items.append(ChangeItem(kind=EntityKind.SITE, id=site, base_revision=0, body=json.dumps(body)))
    change = Change(id=account, account=account, author="bench", at=0, items=items)
    producer.produce(topics.config, encode(change), account)
    producer.flush()
    return sites


def wait(count: Any, wanted: int, seconds: float) -> None:
    deadline = time.time() + seconds
    while count.value < wanted:
        if time.time() > deadline:
            sys.exit(f"only {count.value} of {wanted} arrived within {seconds:g} s")
        time.sleep(0.01)


def main(amount: int) -> None:
    settings = Settings()
    topics = Topics(settings)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    count, delays = multiprocessing.Value("q", 0), multiprocessing.Queue()
    receiver = multiprocessing.Process(target=receive, args=(listener, count, delays), daemon=True)
    receiver.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    plain = bare(url, amount)
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers, "linger.ms": 1})
    account = f"bench{time.time_ns()}"
    sites = configure(producer, topics, account, url)

    def put(name: str, body: str) -> None:
        made = delivery(name, account, sites[hash(name) % SITES], body, settings.partitions)
        producer.produce(topics.deliveries, encode(made), made.lane, lane_partition(made.lane, settings.partitions))
        producer.poll(0)

    environment = os.environ | {
        "HOOKLINE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "HOOKLINE_SECRET_KEY": "bench, of some length",
    }
    with Path(os.devnull).open("wb") as nowhere:
        courier = subprocess.Popen([f"{sys.prefix}/bin/hookline", "courier"], env=environment, stderr=nowhere)
    process = psutil.Process(courier.pid)
    seen = count.value
    put(f"{account}-first", BODY)
    producer.flush()
    wait(count, seen + 1, 30)

    for number in range(500):
        put(f"{account}-idle-{number}", json.dumps({"sent": time.time()}))
        producer.flush()
        time.sleep(0.02)
    wait(count, seen + 501, 30)
    times = sorted(delays.get(timeout=5) for _ in range(500))
    resting = process.memory_info().rss

    before, began = process.cpu_times(), time.time()
    for number in range(amount):
        put(f"{account}-{number}", BODY)
    producer.flush()
    wait(count, seen + 501 + amount, 300)
    took, after = time.time() - began, process.cpu_times()
    used = after.user + after.system - before.user - before.system
    peak = process.memory_info().rss
    courier.terminate()
    code = courier.wait(20)
    receiver.terminate()
    print(f"bare loop      {amount / plain:9.0f} requests a CPU-second")
    print(f"courier        {amount / used:9.0f} deliveries a CPU-second ({amount / took:.0f}/s, exit code {code})")
    print(f"produced to received, idle: p50 {times[250] * 1000:.1f} ms, p99 {times[494] * 1000:.1f} ms")
    print(f"memory         {resting / 1e6:.0f} MB idle, {peak / 1e6:.0f} MB after the burst")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
