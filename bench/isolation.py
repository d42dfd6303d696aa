"""What one dead site of twenty, with a fifth of the traffic, costs the other nineteen: their times with and without it.

Needs the topics on the Kafka of the settings: `hookline kafka run`, `hookline topics create`, then
`python -m bench.isolation [SECONDS] [RATE]`. Starts couriers and a receiver of its own. The dead site hangs. Both take
turns, so that what else the machine does is spread over them; the better round of each counts.
"""

from __future__ import annotations

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
from confluent_kafka import Producer

from bench.deliver import PARALLEL, delivery, receive
from schemas.codec import encode
from schemas.identity import lane_partition
from schemas.records import Change, ChangeItem, EntityKind
from schemas.settings import Settings
from schemas.topics import Topics

SITES = 20
ROUNDS = 3
EVERY = 5  # one message in so many is for the last site


def configure(producer: Producer, topics: Topics, account: str, urls: list[str]) -> None:
    """An account with a site for each URL; the usual schedule and timeout."""
    items = [ChangeItem(kind=EntityKind.ACCOUNT, id=account, base_revision=0, body=json.dumps({"account": account}))]
    for number, url in enumerate(urls):
        body = {"name": f"site-{number}", "url": url, "state": "active", "timeout_seconds": 1, "parallel": PARALLEL,
                "retry_delays": ["10s"] * 5, "authentication": {"type": "none"}}  # fmt: skip
        name = f"{account}-{number}"
        items.append(ChangeItem(kind=EntityKind.SITE, id=name, base_revision=0, body=json.dumps(body)))
    producer.produce(topics.config, encode(Change(id=account, account=account, author="bench", at=0, items=items)))
    producer.flush()


def run(seconds: int, rate: int, last: str, url: str, delays: Any) -> tuple[list[float], float, float]:
    """The times of the nineteen, and the courier's memory at the beginning and at the end in MB."""
    settings = Settings()
    topics, account = Topics(settings), f"bench{time.time_ns()}"
    producer = Producer({"bootstrap.servers": settings.bootstrap_servers, "linger.ms": 1})
    configure(producer, topics, account, [*[url] * (SITES - 1), last])
    environment = os.environ | {
        "HOOKLINE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "HOOKLINE_SECRET_KEY": "bench, of some length",
    }
    with Path(os.devnull).open("wb") as nowhere:
        courier = subprocess.Popen([f"{sys.prefix}/bin/hookline", "courier"], env=environment, stderr=nowhere)
    process, wanted, times = psutil.Process(courier.pid), 0, []

    def put(number: int) -> int:
        site = SITES - 1 if number % EVERY == 0 else number % (SITES - 1)
        body = json.dumps({"sent": time.time(), "to": site})
        made = delivery(f"{account}-{number}", account, f"{account}-{site}", body, settings.partitions)
        producer.produce(topics.deliveries, encode(made), made.lane, lane_partition(made.lane, settings.partitions))
        producer.poll(0)
        return int(last == url or site != SITES - 1)

    put(1)
    producer.flush()
    delays.get(timeout=30)
    first, began = process.memory_info().rss, time.time()
    for number in range(2, seconds * rate):
        wanted += put(number)
        time.sleep(max(0.0, began + number / rate - time.time()))
    producer.flush()
    times += [delays.get(timeout=30) for _ in range(wanted)]
    memory = process.memory_info().rss
    courier.terminate()
    courier.wait(30)
    return sorted(times), first / 1e6, memory / 1e6


def main(seconds: int, rate: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    dead = socket.create_server(("127.0.0.1", 0), backlog=1024)  # takes connections and never answers
    count, delays = multiprocessing.Value("q", 0), multiprocessing.Queue()
    receiver = multiprocessing.Process(target=receive, args=(listener, count, delays), daemon=True)
    receiver.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    lasts = {"all well": url, "one dead": f"http://127.0.0.1:{dead.getsockname()[1]}/"}
    rounds = [(name, run(seconds, rate, last, url, delays)) for _ in range(ROUNDS) for name, last in lasts.items()]
    for name in lasts:
        found = [each for of, each in rounds if of == name]
        times, first, memory = min(found, key=lambda each: each[0][len(each[0]) * 99 // 100])
        p50, p99 = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
        print(f"{name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {times[-1] * 1000:.0f} ms; "
              f"memory {first:.0f} to {memory:.0f} MB")  # fmt: skip
    receiver.terminate()


if __name__ == "__main__":
    main(*(int(each) for each in (sys.argv[1:] or ["30", "300"])))
