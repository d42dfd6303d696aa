"""The Faust hops beside the same pure functions on a plain consumer: events per CPU-second of each, in one run.

    .venv/bin/python -m bench.hops [EVENTS]

A backlog of requests is carried through map and route by one Faust worker; then the same records by a loop in a process
of its own, without Faust: consume 500, step, send, wait for every report, commit. What counts is the ratio.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from bench.map_and_route import ends, requests, seconds
from schemas.settings import Settings
from schemas.topics import Topics
from streams.agents.hop import Hop, Moment, SourceRecord
from streams.agents.map import map_hop
from streams.agents.route import Place, route_hop
from streams.core.definitions import Compiler
from streams.edges.clock import now_ms
from streams.edges.following import Follower
from streams.edges.kafka import consumer_config
from streams.edges.keyring import keyring_of
from streams.edges.outbox import Outbox
from tests.broker import Broker
from tests.streams.shop import Shop
from tests.streams.worker import Stage
from tests.waiting import eventually

BATCH = 500
IDLE = 10.0  # seconds without a record, after which the loop ends
WARM = 20.0  # seconds more for the first


def main(events: int) -> None:
    """Both, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder) / "kafka")
        broker.start()
        stage = Stage(broker, Path(folder), partitions=12)
        try:
            stage.create_topics()
            stage.write(stage.topics.config, [Shop().change])
            requests(stage, range(events))
            faust = carried(stage, stage.start(), events, "Faust worker")
            stage.end()
            command = [sys.executable, "-m", "bench.hops", "--plain"]
            plain = carried(stage, subprocess.Popen(command, env=stage.variables), 2 * events, "plain consumer")
            print(f"Faust has {faust / plain:.2f} of the plain consumer's events per CPU-second")
        finally:
            stage.close()
            broker.stop()


def carried(stage: Stage, process: subprocess.Popen[bytes], until: int, name: str) -> float:
    """Wait until there are so many deliveries; answers events per CPU-second."""
    reached, measured = ends(stage), psutil.Process(process.pid)
    begin = reached()
    eventually(lambda: reached() > begin, within=120)
    begun, cpu, first = time.perf_counter(), seconds([measured]), reached()
    eventually(lambda: reached() >= until, within=600)
    took, spent = time.perf_counter() - begun, seconds([measured]) - cpu
    events = until - first
    print(f"{name:15} {events / took:8,.0f} events/s {events / spent:8,.0f} per CPU-second")
    if process not in stage.processes.values():
        process.wait(60)
    return events / spent


def plain(settings: Settings) -> None:
    """Map, then route, of all that is there."""
    keyring, topics = keyring_of(settings), Topics(settings)
    follower = Follower(settings, keyring, lambda _: None)
    follower.start()
    compiler = Compiler(follower.configuration, keyring.open_text)
    outbox = Outbox(settings, "bench", timeout=10.0)
    hops = [
        map_hop(topics, follower.configuration, compiler, keyring.open),
        route_hop(topics, Place("bench", settings.partitions), follower.configuration, compiler),
    ]
    consumers = [Consumer(consumer_config(settings, "bench", f"bench-{hop.name}") | EARLIEST) for hop in hops]
    for hop, consumer in zip(hops, consumers, strict=True):
        consumer.assign([TopicPartition(hop.topic, number, OFFSET_BEGINNING) for number in range(settings.partitions)])
    idle = time.monotonic() + WARM
    while time.monotonic() - idle < IDLE:
        if sum(carry(hop, consumer, outbox) for hop, consumer in zip(hops, consumers, strict=True)):
            idle = time.monotonic()
    for consumer in consumers:
        consumer.close()
    outbox.close()
    follower.stop()


EARLIEST = {"auto.offset.reset": "earliest", "enable.auto.commit": False, "enable.auto.offset.store": True}


def carry(hop: Hop, consumer: Consumer, outbox: Outbox) -> int:
    """One batch of one hop, to its end."""
    found = [each for each in consumer.consume(BATCH, 0.005) if each.error() is None]
    records = [SourceRecord(m.topic(), m.partition(), m.offset(), m.timestamp()[1], m.key(), m.value()) for m in found]
    if records:
        outbox.send([one.message for one in hop.step(records, Moment(now_ms()))]).result(30)
        consumer.commit(asynchronous=False)
    return len(records)


if __name__ == "__main__":
    if sys.argv[1:] == ["--plain"]:
        plain(Settings())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
