"""Measures map and route: events a second through both hops, the time they add at 50 events/s, CPU and memory.

.venv/bin/python bench/map_and_route.py [EVENTS] [WORKERS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from confluent_kafka import Consumer, TopicPartition

from schemas.codec import decode, encode
from schemas.identity import event_id_of_request
from tests.broker import Broker
from tests.streams.shop import Shop, a_request
from tests.streams.worker import Stage
from tests.waiting import eventually

CALM = 500  # requests of the calm part, 50 a second


def main(events: int, workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder) / "kafka")
        broker.start()
        stage = Stage(broker, Path(folder), partitions=12)
        try:
            stage.create_topics()
            stage.write(stage.topics.config, [Shop().change])
            flood(stage, events, workers)
            calm(stage, events)
        finally:
            stage.close()
            broker.stop()


def flood(stage: Stage, events: int, workers: int) -> None:
    """A backlog of requests, then the workers: how fast it goes through both hops."""
    requests(stage, range(events))
    processes = [psutil.Process(stage.start(f"slot{number}").pid) for number in range(workers)]
    reached = ends(stage)
    eventually(lambda: reached() > 0, within=60)
    begun, cpu, first = time.perf_counter(), seconds(processes), reached()
    eventually(lambda: reached() >= events, within=600)
    took, spent = time.perf_counter() - begun, seconds(processes) - cpu
    rate = (events - first) / took
    rss = max(process.memory_info().rss for process in processes) / 1e6
    print(f"{workers} worker(s): {rate:,.0f} events/s, {(events - first) / spent:,.0f} per CPU-second, {rss:.0f} MB")


def calm(stage: Stage, events: int) -> None:
    """50 requests a second: from the broker's time of the request to its time of the delivery."""
    process = psutil.Process(next(iter(stage.processes.values())).pid)
    cpu, begun = seconds([process]), time.perf_counter()
    for number in range(CALM):
        requests(stage, [events + number])
        time.sleep(max(0.0, begun + (number + 1) / 50 - time.perf_counter()))
    spent, took = seconds([process]) - cpu, time.perf_counter() - begun
    eventually(lambda: ends(stage)() >= events + CALM)
    sent = {event_id_of_request(f"req_{n}"): at for n, at in times(stage, stage.topics.incoming_requests, events)}
    added = sorted(at - sent[event] for event, at in times(stage, stage.topics.deliveries, events) if event in sent)
    p99 = added[int(len(added) * 0.99)]
    print(f"50/s: both hops add p50 {statistics.median(added):.0f} ms, p99 {p99} ms; CPU {spent / took:.1%}")


def requests(stage: Stage, numbers: range | list[int]) -> None:
    for n in numbers:
        value = encode(a_request(id=f"req_{n}", event_id=event_id_of_request(f"req_{n}"), body=body(n)))
        stage.producer.produce(stage.topics.incoming_requests, value, f"{n}".encode())
        stage.producer.poll(0)
    stage.producer.flush()


def body(number: int) -> bytes:
    return b'{"clientID":"c-%d","pointstobeadded":"%d.50","till":"north","note":"%s"}' % (
        number % 997,
        number,
        b"x" * 200,
    )


def times(stage: Stage, topic: str, events: int) -> list[tuple[object, int]]:
    """What names a record (a request's number, a delivery's event) and when the broker got it."""
    found: list[tuple[object, int]] = []
    for message in stage.messages(topic):
        record = decode(message.value())
        if topic == stage.topics.deliveries:
            found.append((record.event_id, message.timestamp()[1]))
        elif int(record.id.removeprefix("req_")) >= events:
            found.append((int(record.id.removeprefix("req_")), message.timestamp()[1]))
    return found


def ends(stage: Stage) -> Callable[[], int]:
    """Counts the deliveries there are; seldom, so that the broker has other things to do."""
    consumer = Consumer({"bootstrap.servers": stage.broker.bootstrap, "group.id": "bench"})
    places = [TopicPartition(stage.topics.deliveries, number) for number in range(stage.settings.partitions)]

    def count() -> int:
        time.sleep(0.2)
        return sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)

    return count


def seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
