"""What a signature costs: deliveries a CPU-second of one courier by the authentication of its sites, against unsigned.

Needs the topics on the Kafka of the settings, as `bench/deliver.py` does;
then `python -m bench.signed [COUNT] [ROUNDS]`.
The types take turns, so that what else the machine does is spread over all of them; the best round of each counts.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from confluent_kafka import Producer

from bench.deliver import BODY, PARALLEL, SITES, configure, delivery, receive, wait
from schemas.codec import encode
from schemas.identity import lane_partition
from schemas.settings import Settings
from schemas.topics import Topics

KEYS = {"region": "eu-west-1", "service": "execute-api", "access_key_id": "AKID", "secret_access_key": "k" * 40}
PLAIN = {"algorithm_prefix": None, "vendor_key": None}
SECRETS = ["whsec_" + letter * 43 + "=" for letter in "AB"]
TYPES: dict[str, dict[str, Any]] = {
    "none": {"type": "none"},
    "basic": {"type": "basic", "username": "user", "password": "password"},
    "standard_webhooks": {"type": "standard_webhooks", "secrets": SECRETS[:1]},
    "standard_webhooks, 2 secrets": {"type": "standard_webhooks", "secrets": SECRETS},
    "aws (Signature V4)": {"type": "aws", **KEYS, **PLAIN},
    "aws (Escher)": {"type": "aws", **KEYS, "algorithm_prefix": "EMS", "vendor_key": "EMS"},
    "aws_s3": {"type": "aws_s3", **KEYS, "filename": "{id}.{ext}"},
}


class Bench:
    """A receiver, a courier, and an account a kind; `kinds`: the authentication of its sites.

    `parallel`: requests in flight to one site, by kind.
    """

    def __init__(self, kinds: dict[str, dict[str, Any]], parallel: dict[str, int] | None = None) -> None:
        self.parallel = dict.fromkeys(kinds, PARALLEL) | (parallel or {})
        self.settings = Settings()
        self.topics = Topics(self.settings)
        self.producer = Producer({"bootstrap.servers": self.settings.bootstrap_servers, "linger.ms": 1})
        self.count, self.seen = multiprocessing.Value("q", 0), 0
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        arguments = (listener, self.count, multiprocessing.Queue())
        self.receiver = multiprocessing.Process(target=receive, args=arguments, daemon=True)
        self.receiver.start()
        url, stamp = f"http://127.0.0.1:{listener.getsockname()[1]}/hook", time.time_ns()
        self.accounts = {name: f"bench{stamp}-{number}" for number, name in enumerate(kinds)}
        self.sites = {
            name: configure(self.producer, self.topics, account, url, kinds[name], parallel=self.parallel[name])
            for name, account in self.accounts.items()
        }
        environment = os.environ | {
            "HOOKLINE_ALLOWED_NETWORKS": "127.0.0.0/8",
            "HOOKLINE_SECRET_KEY": "bench, of some length",
        }
        with Path(os.devnull).open("wb") as nowhere:
            self.courier = subprocess.Popen([f"{sys.prefix}/bin/hookline", "courier"], env=environment, stderr=nowhere)
        self.process = psutil.Process(self.courier.pid)

    def burst(self, kind: str, amount: int) -> float:
        """CPU-seconds of the courier for so many messages."""
        before, stamp = self.process.cpu_times(), time.time_ns()
        for number in range(amount):
            name = f"{kind}-{stamp}-{number}"
            site = self.sites[kind][number % SITES]
            partitions, parallel = self.settings.partitions, self.parallel[kind]
            made = delivery(name, self.accounts[kind], site, BODY, partitions, parallel=parallel)
            made = replace(made, delivery_id=f"dlv_{stamp}{number}", filename=f"point_add-2026-11-24-{number}.json")
            partition = lane_partition(made.lane, partitions)
            self.producer.produce(self.topics.deliveries, encode(made), made.lane, partition)
            self.producer.poll(0)
        self.producer.flush()
        self.seen += amount
        wait(self.count, self.seen, 300)
        after = self.process.cpu_times()
        return after.user + after.system - before.user - before.system

    def close(self) -> None:
        """End both."""
        self.courier.terminate()
        self.courier.wait(20)
        self.receiver.terminate()


def best(bench: Bench, amount: int, rounds: int) -> dict[str, float]:
    """CPU-seconds of each kind's best round; they take turns."""
    kinds = list(bench.accounts)
    try:
        for kind in kinds:  # its sites are compiled, its connections open
            bench.burst(kind, 500)
        used = dict.fromkeys(kinds, float("inf"))
        for _ in range(rounds):
            for kind in kinds:
                used[kind] = min(used[kind], bench.burst(kind, amount))
    finally:
        bench.close()
    return used


def main(amount: int, rounds: int) -> None:
    used = best(Bench(TYPES), amount, rounds)
    for kind, seconds in used.items():
        print(f"{kind:30s} {amount / seconds:8.0f} deliveries a CPU-second   {used['none'] / seconds:5.2f} of unsigned")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["10000", "3"][len(sys.argv) - 1 :])))
