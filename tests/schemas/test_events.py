"""What a customer event must be, the same at every door."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalogue import ACTIONS
from schemas.codec import encode
from schemas.errors import ActionUnknown, FieldInvalid, RecordUnreadable
from schemas.events import MAX_EVENT_BYTES, action_problem, check_action, content_hash, event_of, read_event
from schemas.identity import event_id_of_record
from schemas.records import CustomerEvent, SourceType
from tests.schemas.samples import SAMPLES

AT = 1_764_000_000_000  # ms
EVENT: CustomerEvent = SAMPLES["customer_event"]


def an_event(**fields: Any) -> CustomerEvent:
    payload = {"account": "shop", "customer": "c-1", "action": "point_add"} | fields
    return event_of(payload, default_id="evt_d", default_timestamp=AT, source=SourceType.API)


def refused(**fields: Any) -> FieldInvalid:
    with pytest.raises(FieldInvalid) as caught:
        an_event(**fields)
    return caught.value


def from_topic(value: bytes | None) -> CustomerEvent:
    return read_event(value, cluster="c", topic="t", partition=1, offset=2, timestamp=AT)


def test_only_account_customer_and_action_are_needed() -> None:
    event = an_event()
    assert (event.id, event.timestamp, event.data, event.config_offset) == ("evt_d", AT, "{}", -1)
    assert an_event(id=None, timestamp=None, data=None) == event


@pytest.mark.parametrize(
    ("fields", "path", "said"),
    [
        ({"customer": None}, "customer", "missing"),
        ({"customer": ""}, "customer", "1 to 256"),
        ({"customer": "x" * 257}, "customer", "1 to 256"),
        ({"customer": 12}, "customer", "must be a text"),
        ({"customer": "a\x00b"}, "customer", "NUL"),
        ({"account": None}, "account", "missing"),
        ({"action": None}, "action", "missing"),
        ({"id": ""}, "id", "1 to 256"),
        ({"id": 7}, "id", "must be a text"),
        ({"data": []}, "data", "object"),
        ({"data": "x"}, "data", "object"),
        ({"colour": 1}, "colour", "is not a field"),
        ({"data": {"x": "y" * MAX_EVENT_BYTES}}, "data", "2,097,152 bytes"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], path: str, said: str) -> None:
    error = refused(**fields)
    assert error.path == path
    assert said in error.message


@pytest.mark.parametrize("payload", [None, [], "x", 7])
def test_an_event_is_an_object(payload: Any) -> None:
    with pytest.raises(FieldInvalid, match="JSON object"):
        event_of(payload, default_id="d", default_timestamp=AT, source=SourceType.API)


def test_what_came_out_of_the_api_can_be_sent_in() -> None:
    assert an_event(source={"type": "api", "request_id": None}).customer == "c-1"


@pytest.mark.parametrize(
    ("given_timestamp", "expected"),
    [
        ("2025-11-24T16:00:00Z", AT),
        ("2025-11-24T16:00:00.250Z", AT + 250),
        ("2025-11-24T17:00:00+01:00", AT),
        ("2025-11-24T16:00:00", AT),
        ("2025-11-24", AT - 57_600_000),
        (1_764_000_000, AT),
        (1_764_000_000.25, AT + 250),
        (AT, AT),
        (str(AT), AT),
        ("1764000000", AT),
        (0, 0),
    ],
)
def test_timestamps_are_iso_seconds_or_milliseconds(given_timestamp: Any, expected: int) -> None:
    assert an_event(timestamp=given_timestamp).timestamp == expected


@pytest.mark.parametrize("wrong", ["yesterday", "", -1, True, [], {}, 1e300, "2025-13-01", 10**400, "9" * 300, " 5"])
def test_what_is_no_time_is_refused(wrong: Any) -> None:
    assert refused(timestamp=wrong).path == "timestamp"


def test_numbers_keep_all_their_digits() -> None:
    event = an_event(data={"points": 12345678901234567890, "more": 10**30})
    assert event.data == '{"points":12345678901234567890,"more":1000000000000000000000000000000}'
    assert check_action(event, {}) == event


def test_number_fields_become_numbers_and_others_stay() -> None:
    event = check_action(an_event(data={"points": "12.50", "total": "7", "note": "12.50", "price": None}), {})
    assert json.loads(event.data) == {"points": 12.5, "total": 7, "note": "12.50", "price": None}


@pytest.mark.parametrize("wrong", ["many", "", " 5", "0x10", "1_000", True, [1], {"x": 1}, "٣", "1e999"])
def test_a_number_field_that_cannot_be_one_is_named(wrong: Any) -> None:
    with pytest.raises(FieldInvalid) as caught:
        check_action(an_event(data={"points": wrong}), {})
    assert caught.value.path == "data.points"


def test_an_own_action_has_its_own_number_fields() -> None:
    custom = {"spin": frozenset({"turns"})}
    event = check_action(an_event(action="spin", data={"turns": "3", "points": "many"}), custom)
    assert json.loads(event.data) == {"turns": 3, "points": "many"}


def test_an_unknown_action_is_told_from_a_wrong_field() -> None:
    with pytest.raises(ActionUnknown):
        check_action(an_event(action="dance"), {})


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_built_in_action_is_known_and_internal_ones_only_from_inside(name: str) -> None:
    assert action_problem(name, {}) is None
    assert (action_problem(name, {}, from_outside=True) is None) == ACTIONS[name].triggerable


def test_the_topic_takes_our_avro_as_it_is() -> None:
    assert from_topic(encode(EVENT)) == EVENT


def test_the_topic_takes_plain_json() -> None:
    event = from_topic(b'{"account":"shop","customer":"c-1","action":"opt_in"}\n')
    assert event.id == event_id_of_record("c", "t", 1, 2, AT)
    assert (event.source, event.timestamp) == (SourceType.TOPIC, AT)


@pytest.mark.parametrize(
    "fields",
    [{"customer": ""}, {"account": ""}, {"action": "x" * 65}, {"id": ""}, {"timestamp": -1}, {"customer": "\x00"}],
)
def test_avro_keeps_the_rules_of_the_other_doors(fields: dict[str, Any]) -> None:
    with pytest.raises(FieldInvalid) as caught:
        from_topic(encode(replace(EVENT, **fields)))
    assert caught.value.path in fields


@pytest.mark.parametrize("data", ["", "{", "[]", "7", '{"a":1,"a":2}', '{"a":NaN}', "\ufeff{}"])
def test_avro_whose_data_is_no_object_of_strict_json_is_refused(data: str) -> None:
    event = from_topic(encode(replace(EVENT, data=data)))
    with pytest.raises(FieldInvalid) as caught:
        check_action(event, {})
    assert caught.value.path == "data"


def test_avro_that_is_larger_than_an_event_may_be_is_refused_by_its_bytes() -> None:
    data = json.dumps({"x": "é" * (MAX_EVENT_BYTES // 2)}, ensure_ascii=False)
    with pytest.raises(FieldInvalid, match="bytes"):
        from_topic(encode(replace(EVENT, data=data)))


@pytest.mark.parametrize(
    "value",
    [None, b"", b"x", b"{", b"\x00\x00\x00\x00\x01", b"\xc3\x01", b"\xef\xbb\xbf{}", b'{"a":1}{"b":2}', b"\xff{}"],
)
def test_what_is_neither_is_unreadable(value: bytes | None) -> None:
    with pytest.raises(RecordUnreadable):
        from_topic(value)


def test_another_record_of_ours_is_no_event() -> None:
    with pytest.raises(RecordUnreadable):
        from_topic(encode(SAMPLES["delivery"]))


def taken(value: bytes | None) -> CustomerEvent | None:
    try:
        return check_action(from_topic(value), {})
    except (RecordUnreadable, FieldInvalid):
        return None


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(value: bytes) -> None:
    assert taken(value) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["id", "account", "customer", "action", "timestamp", "data", "source", "x"])


@given(st.dictionaries(FIELDS, JSON | st.sampled_from(["point_add", "shop", {"points": "7"}])))
def test_any_json_is_an_event_or_refused_and_nothing_else(payload: dict[str, Any]) -> None:
    event = taken(json.dumps(payload).encode())
    if event is not None:
        assert taken(encode(event)) == event


@given(st.data())
def test_our_avro_with_some_bytes_changed_is_an_event_or_refused_and_nothing_else(data: st.DataObject) -> None:
    raw = bytearray(encode(EVENT))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    event = taken(bytes(raw))
    if event is not None:
        assert taken(encode(event)) == event


def test_the_content_of_an_event_is_customer_action_and_data_in_any_order() -> None:
    event = replace(an_event(), data='{"a":1,"b":{"c":12345678901234567890123,"d":7}}')
    assert content_hash(event) == content_hash(replace(event, id="other", timestamp=5, source=SourceType.TOPIC))
    assert content_hash(event) == content_hash(
        replace(event, data='{"b": {"d": 7.0, "c": 12345678901234567890123}, "a": 1}')
    )
    others = (
        replace(event, customer="c-2"),
        replace(event, action="point_sub"),
        replace(event, data='{"a":1,"b":{"c":12345678901234567890124,"d":7}}'),
        replace(event, data='{"a":"1","b":{"c":12345678901234567890123,"d":7}}'),
        replace(event, data='{"a":true,"b":{"c":12345678901234567890123,"d":7}}'),
        replace(event, customer=event.customer + event.action, action=""),
    )
    assert len({content_hash(each) for each in (event, *others)}) == len(others) + 1
    assert content_hash(replace(event, data="no JSON")) != content_hash(event)
