"""How long pages and charts take over HTTP, above a route that does nothing, on a store made by `bench.a_million`.

Run: `python -m bench.pages sqlite:////tmp/million.db`. The gateway runs in a process of its own, with a log in memory;
one client asks one thing after the other, ten times each kind of question in turn, so that a busy machine is busy for
all alike and no question is asked with the processor's caches full of another's rows.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlencode

from schemas.codec import encode
from schemas.json_text import dump
from schemas.records import Change, ChangeItem, EntityKind
from schemas.times import iso
from streams.edges.kafka import Message
from tests.gateway.house import OPERATOR, House
from tests.projections.records import NOW

ROUNDS, AT_ONCE = 20, 10
DAY = 24 * 3_600_000  # ms
RANGE = {"from": iso(NOW), "to": iso(NOW + DAY)}
EMPTY = "empty route"
QUESTIONS = {
    EMPTY: "/livez",
    "webhook log, first page": "/v1/shop/webhook-log?limit=50",
    "webhook log, one status": "/v1/shop/webhook-log?limit=50&status=resent",
    "webhook log, one customer": "/v1/shop/webhook-log?limit=50&customer=c-1042",
    "webhook log, site and code": "/v1/shop/webhook-log?limit=50&site_id=site_3&response_code=503",
    "incoming log, first page": "/v1/shop/incoming-log?limit=50",
    "chart of 24 h, 10 min": f"/v1/shop/stats/attempts?{urlencode(RANGE | {'step': '10m'})}",
    "chart of 24 h, 1 min": f"/v1/shop/stats/attempts?{urlencode(RANGE | {'step': '1m'})}",
    "chart of 24 h, one site": f"/v1/shop/stats/attempts?{urlencode(RANGE | {'site_id': 'site_3'})}",
    "requests of 24 h": f"/v1/shop/stats/incoming?{urlencode(RANGE)}",
    "queue of 24 h": f"/v1/shop/stats/queue?{urlencode(RANGE)}",
    "failures of 24 h": f"/v1/shop/stats/failures?{urlencode(RANGE)}",
}


def make_sites(house: House) -> None:
    """The sites that the store names, by the ids that it has for them: the API gives ids of its own."""
    made = house.made("POST", "/v1/shop/sites", {"name": "site", "url": "https://crm.example/hooks"})
    state = house.log.configuration.account("shop")
    body = (state and state.of(EntityKind.SITE)[made["id"]].body) or {}
    items = [
        ChangeItem(kind=EntityKind.SITE, id=name, base_revision=0, body=dump(body | {"name": name}))
        for name in (f"site_{number}" for number in range(20))
    ]
    change = Change(id="chg_sites", account="shop", author="bench", at=NOW, items=items)
    asyncio.run(house.log.write(Message(house.topics.config, b"shop", encode(change), 0)))


def serve(url: str, folder: str, port: multiprocessing.Queue[int], over: Event) -> None:
    """A gateway on the store, until it is over."""
    house = House(Path(folder), database_url=url)
    house.start()
    house.made("PUT", "/v1/accounts/shop")
    make_sites(house)
    port.put(house.port)
    over.wait()
    house.stop()


def ask(connection: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds to the last byte of the answer."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"authorization": f"Bearer {OPERATOR}"})
    answer = connection.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    if answer.status != http.client.OK:
        raise SystemExit(f"{path}: {answer.status} {json.loads(body)}")
    return took


def main() -> None:
    context = multiprocessing.get_context("spawn")
    port: multiprocessing.Queue[int] = context.Queue()
    over = context.Event()
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        gateway = context.Process(target=serve, args=(sys.argv[1], folder, port, over))
        gateway.start()
        connection = http.client.HTTPConnection("127.0.0.1", port.get(timeout=60), timeout=60)
        for _ in range(ROUNDS):
            for name, path in QUESTIONS.items():
                took[name] += [ask(connection, path) for _ in range(AT_ONCE)]
        connection.close()
        over.set()
        gateway.join()
    empty = statistics.median(took[EMPTY])
    print(f"{'':30} {'p50 ms':>8} {'p95 ms':>8} {'p50 above the empty route':>27}")
    for name, each in took.items():
        p50, p95 = statistics.median(each), statistics.quantiles(each, n=20)[-1]
        print(f"{name:30} {p50:8.2f} {p95:8.2f} {p50 - empty:27.2f}")


if __name__ == "__main__":
    main()
