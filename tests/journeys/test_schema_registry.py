"""With a schema registry every record has Confluent framing, and another producer's Avro is an event."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import fastavro
import pytest

from gateway.registry import HttpRegistry
from schemas.framing import frame
from tests.journeys.conftest import MakeHookline
from tests.journeys.receiver import Receiver
from tests.journeys.shop import Shop
from tests.registry import Registry
from tests.waiting import eventually

pytestmark = pytest.mark.journey
POINTS: dict[str, Any] = {
    "type": "record",
    "name": "Points",
    "fields": [{"name": name, "type": "string"} for name in ("account", "customer", "action")]
    + [{"name": "data", "type": {"type": "map", "values": "long"}}],
}


@pytest.fixture
def registry() -> Iterator[Registry]:
    one = Registry()
    one.start()
    yield one
    one.stop()


def test_a_request_and_anothers_avro_arrive_as_messages(
    make_hookline: MakeHookline, receiver: Receiver, registry: Registry
) -> None:
    hookline = make_hookline(schema_registry_url=registry.url)
    hookline.start()
    shop = Shop(hookline)
    shop.endpoint()
    shop.site("crm", receiver.url("/hooks"))
    status, answer = hookline.post("shop", "points", {"customer": "c-1", "points": 5})
    assert status == 200
    out = io.BytesIO()
    event = {"account": "shop", "customer": "c-2", "action": "point_add", "data": {"points": 7}}
    fastavro.schemaless_writer(out, fastavro.parse_schema(POINTS), event)
    number = HttpRegistry(registry.url).number_of("points-value", json.dumps(POINTS))
    hookline.produce(hookline.topics.customer_events, frame(number) + out.getvalue())
    eventually(lambda: len(receiver.at("/hooks")) == 2, within=60, what="both arrive")
    found = {each.json["customer"]: each.json for each in receiver.at("/hooks")}
    assert found["c-1"]["id"] == answer["event_id"]
    assert found["c-2"]["data"] == {"points": 7}
    eventually(lambda: len(shop.log(status="done")) == 2, within=60, what="both are logged")
    topics = hookline.topics
    names = (topics.config, topics.incoming_requests, topics.customer_events, topics.deliveries, topics.attempts)
    for name in names:
        values = [message.value() for message in hookline.messages(name)]
        assert values, name
        assert {value[:1] for value in values if value} == {b"\x00"}, name
    assert hookline.messages(topics.rejected) == []
    tailed = hookline.command("tail", "attempts", "--from-beginning")
    assert tailed.returncode == 0, tailed.stderr
    rows = [json.loads(line)["value"] for line in tailed.stdout.splitlines()]
    assert {row["status"] for row in rows} == {"done"}
    assert "hookline.Attempt" in registry.subjects
