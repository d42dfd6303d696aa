"""Confluent framing by a registry over HTTP: our records, those of other producers, and a registry that is away."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import fastavro
import pytest

from gateway.registry import HttpRegistry, use_registry, wait_for_registry
from schemas import codec
from schemas.errors import FieldInvalid, RecordUnreadable, RegistryUnavailable
from schemas.events import read_event
from schemas.framing import frame
from schemas.records import CustomerEvent
from schemas.settings import Settings
from tests.registry import Registry
from tests.schemas.samples import SAMPLES

PLACE: dict[str, Any] = {"cluster": "c", "topic": "t", "partition": 0, "offset": 7, "timestamp": 1_764_000_000_000}
THEIRS: dict[str, Any] = {
    "type": "record",
    "name": "Purchase",
    "namespace": "com.example",
    "fields": [
        {"name": "account", "type": "string"},
        {"name": "customer", "type": "string"},
        {"name": "action", "type": "string"},
        {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "data", "type": {"type": "map", "values": ["null", "string", "double"]}},
    ],
}
PURCHASE = {"account": "shop", "customer": "c-1", "action": "point_add", "timestamp": 1_764_000_000_123}


@pytest.fixture
def registry() -> Iterator[Registry]:
    one = Registry()
    one.start()
    yield one
    codec.use_registry(None)
    one.stop()


def used(registry: Registry, framing: str = "") -> None:
    use_registry(Settings.model_validate({"schema_registry_url": registry.url, "record_framing": framing}))


def theirs(registry: Registry, value: dict[str, Any], schema: dict[str, Any] = THEIRS) -> bytes:
    number = HttpRegistry(registry.url).number_of("purchases-value", json.dumps(schema))
    out = io.BytesIO(frame(number))
    out.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_record_is_written_with_its_number_and_read_again(registry: Registry, name: str) -> None:
    plain = codec.encode(SAMPLES[name])
    used(registry)
    value = codec.encode(SAMPLES[name])
    assert value[:1] == b"\x00"
    assert value[5:] == plain[10:], "the body is the same Avro"
    number = int.from_bytes(value[1:5], "big")
    subject = f"hookline.{type(SAMPLES[name]).__name__}"
    assert registry.subjects[subject][-1] == number
    assert codec.decode(value) == SAMPLES[name]
    assert codec.decode(plain) == SAMPLES[name], "what was written before is still read"
    assert codec.is_ours(value)


def test_a_process_that_knows_no_number_asks_once(registry: Registry) -> None:
    used(registry)
    value = codec.encode(SAMPLES["customer_event"])
    used(registry, "avro")
    registry.asked.clear()
    assert [codec.decode(value) for _ in range(3)] == [SAMPLES["customer_event"]] * 3
    assert registry.asked == [f"GET /schemas/ids/{int.from_bytes(value[1:5], 'big')}"]
    assert codec.encode(SAMPLES["customer_event"]).startswith(codec.MARKER), "only read, as it was asked for"


def test_another_producers_avro_is_an_event(registry: Registry) -> None:
    used(registry)
    value = theirs(registry, PURCHASE | {"data": {"points": 5.0, "note": "x", "none": None}})
    event = read_event(value, **PLACE)
    assert isinstance(event, CustomerEvent)
    assert (event.account, event.customer, event.action) == ("shop", "c-1", "point_add")
    assert (event.timestamp, json.loads(event.data)) == (1_764_000_000_123, {"points": 5.0, "note": "x", "none": None})
    assert not codec.is_ours(value)


def test_data_may_be_the_text_of_an_object(registry: Registry) -> None:
    used(registry)
    schema = {**THEIRS, "fields": [*THEIRS["fields"][:4], {"name": "data", "type": "string"}]}
    event = read_event(theirs(registry, PURCHASE | {"data": '{"points": 5}'}, schema), **PLACE)
    assert json.loads(event.data) == {"points": 5}
    with pytest.raises(FieldInvalid, match="data"):
        read_event(theirs(registry, PURCHASE | {"data": "[1]"}, schema), **PLACE)


@pytest.mark.parametrize(
    "value", [b"\x00", b"\x00\x00\x00", b"\x00\x00\x00\x03\xe7", b"\x00\x00\x00\x03\xe7body", frame(1) + b"\xff" * 20]
)
def test_what_nobody_can_read_is_rejected_and_nothing_else(registry: Registry, value: bytes) -> None:
    used(registry)
    with pytest.raises(RecordUnreadable):
        codec.decode(value)
    with pytest.raises(RecordUnreadable):
        read_event(value, **PLACE)


def test_a_schema_of_our_name_that_is_another_is_unreadable(registry: Registry) -> None:
    used(registry)
    schema = {
        "type": "record",
        "name": "CustomerEvent",
        "namespace": "hookline",
        "fields": [{"name": "x", "type": "int"}],
    }
    with pytest.raises(RecordUnreadable):
        read_event(theirs(registry, {"x": 1}, schema), **PLACE)


def test_a_value_that_would_unfold_without_end_is_not_even_begun(registry: Registry) -> None:
    """Two million levels end the process where they are read; the schema is asked for once, not for each record."""
    used(registry)
    tree = {"type": "record", "name": "Tree", "fields": [{"name": "next", "type": ["null", "Tree"]}]}
    number = HttpRegistry(registry.url).number_of("trees-value", json.dumps(tree))
    for _ in range(2):
        with pytest.raises(RecordUnreadable, match=f"schema {number} of the registry .* Tree contains itself"):
            read_event(frame(number) + b"\x02" * 2_000_000, **PLACE)
    assert registry.asked.count(f"GET /schemas/ids/{number}") == 1


@pytest.mark.parametrize("answer", [{"id": -5}, {"id": 2**32}, {"id": "1"}, {}, None, []])
def test_a_number_that_no_record_can_bear_is_no_answer(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(registry, "register", lambda *_: (200, answer))
    with pytest.raises(RegistryUnavailable, match="does not take the schema"):
        used(registry)


def test_an_answer_without_end_is_no_answer(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.registry.json.dumps", lambda _: "[" * 100_000)
    with pytest.raises(RegistryUnavailable, match="does not answer"):
        HttpRegistry(registry.url).schema_of(1)


def test_a_number_that_there_is_not_is_asked_for_once_in_a_while(registry: Registry) -> None:
    client = HttpRegistry(registry.url)
    assert [client.schema_of(999) for _ in range(5)] == [None] * 5
    assert registry.asked == ["GET /schemas/ids/999"]


def test_a_registry_that_is_away_is_no_fault_of_the_record(registry: Registry) -> None:
    used(registry)
    registry.broken = True
    with pytest.raises(RegistryUnavailable, match="does not give schema 999"):
        codec.decode(frame(999) + b"body")
    with pytest.raises(RegistryUnavailable, match="HOOKLINE_SCHEMA_REGISTRY_URL"):
        HttpRegistry("http://user:pass@127.0.0.1:1").schema_of(1)
    with pytest.raises(RegistryUnavailable) as found:
        HttpRegistry("http://user:pa55@127.0.0.1:1").schema_of(1)
    assert "pa55" not in str(found.value)


def test_a_role_waits_for_its_registry(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.broken = True
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        registry.broken = len(naps) < 3

    monkeypatch.setattr("gateway.registry.time.sleep", nap)
    wait_for_registry(Settings.model_validate({"schema_registry_url": registry.url}))
    assert len(naps) == 3
    assert codec.encode(SAMPLES["customer_event"])[:1] == b"\x00"


def test_a_login_of_the_address_is_sent(registry: Registry) -> None:
    HttpRegistry(registry.url.replace("http://", "http://us%40er:p%3Ass@")).schema_of(1)
    assert registry.authorization == {"Basic dXNAZXI6cDpzcw=="}


def test_confluent_framing_needs_a_registry() -> None:
    with pytest.raises(ValueError, match="needs HOOKLINE_SCHEMA_REGISTRY_URL"):
        Settings.model_validate({"record_framing": "confluent"})
