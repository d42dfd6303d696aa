"""How fast the store is built anew from a real Kafka: rows per second, and per CPU-second of the process.

Run: `python bench/rebuild.py [attempts] [URL]`, with a million and an SQLite file of a folder of its own unless told
otherwise. The log has nothing but attempts, one in ten of them resent; each is a row of the webhook log and a record.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Producer

from bench.fold import NOW, an_attempt, delivery_id, encode, event_id_of_request
from projections.queries.store import Store
from projections.rebuild import rebuild
from schemas.records import AttemptStatus
from schemas.topics import Topics
from tests.broker import Broker
from tests.projections.kafka import topics_of_a_test

PARTITIONS = 12


def write(bootstrap: str, topic: str, attempts: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "queue.buffering.max.messages": 200_000})
    for number in range(attempts):
        event = event_id_of_request(f"req_{number}")
        resent = {"status": AttemptStatus.RESENT, "response_code": 503} if number % 10 == 0 else {}
        one = an_attempt(
            delivery_id=delivery_id("shop", event, "sub_1"),
            event_id=event,
            customer=f"c-{number * 7919 % 50_000}",
            site_id=f"site_{number % 20}",
            created_at=NOW + number * 5,
            request_body=b'{"id":"%s","data":{"points":%d}}' % (event.encode(), number % 1000),
            **resent,
        )
        producer.produce(topic, encode(one), partition=number % PARTITIONS)
        producer.poll(0)
        if number % 50_000 == 0:
            producer.flush()
    producer.flush()


def main() -> None:
    attempts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder) / "kafka")
        broker.start()
        url = {"database_url": sys.argv[2]} if len(sys.argv) > 2 else {}
        try:
            with topics_of_a_test(broker, Path(folder), partitions=PARTITIONS, **url) as settings:
                write(broker.bootstrap, Topics(settings).attempts, attempts)
                started, cpu = time.monotonic(), time.process_time()
                rebuild(settings, time.time_ns() // 1_000_000)
                took, busy = time.monotonic() - started, time.process_time() - cpu
                with Store(settings.store_url).read() as connection:
                    counts = [
                        connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() or 0
                        for table in ("attempts", "records")
                    ]
        finally:
            broker.stop()
    rows = sum(counts)
    print(f"{attempts:,} attempts, {rows:,} rows in {took:.1f} s")
    print(f"{rows / took:,.0f} rows a second, {attempts / took:,.0f} attempts a second")
    print(f"{rows / busy:,.0f} rows a CPU-second; {busy / took:.2f} cores busy, Kafka's and a server's not counted")


if __name__ == "__main__":
    main()
