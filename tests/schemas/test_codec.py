"""The wire format: the same bytes for ever, old bytes readable for ever, and garbage is only ever 'unreadable'."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.codec import MARKER, decode, decode_as, encode
from schemas.errors import RecordUnreadable
from schemas.records import Change, CustomerEvent, Delivery
from tests.schemas.samples import SAMPLES

GOLDEN: dict[str, str] = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))
SCHEMAS = Path(codec.__file__).parent / "avro"


def newest(name: str) -> str:
    """The version of a kind that is written."""
    return max(path.name.removesuffix(".avsc") for path in SCHEMAS.glob(f"{name}.*.avsc"))


def test_every_kind_has_its_golden_bytes() -> None:
    assert {newest(name) for name in SAMPLES} <= set(GOLDEN)
    assert {path.name.removesuffix(".avsc") for path in SCHEMAS.iterdir()} == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_record_is_written_as_its_golden_bytes(name: str) -> None:
    assert encode(SAMPLES[name]).hex() == GOLDEN[newest(name)]


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_bytes_of_every_version_are_read(name: str) -> None:
    assert decode(bytes.fromhex(GOLDEN[name])) == SAMPLES[name.split(".", maxsplit=1)[0]]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_any_avro_library_reads_the_body_with_the_schema_file_alone(name: str) -> None:
    schema = fastavro.parse_schema(json.loads((SCHEMAS / f"{newest(name)}.avsc").read_text("utf-8")))
    raw = encode(SAMPLES[name])
    assert raw[:2] == MARKER == b"\xc3\x01"
    fingerprint = fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(schema), "CRC-64-AVRO")
    assert raw[2:10].hex() == fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainProgressOfTomorrow:
    """The kind as a later version might have it."""

    site_id: str
    partition: int
    up_to_offset: int
    at: int
    cause: str


def test_old_bytes_are_read_by_a_version_that_has_a_field_more(monkeypatch: pytest.MonkeyPatch) -> None:
    old = json.loads((SCHEMAS / "drain_progress.1.avsc").read_text("utf-8"))
    new = {**old, "fields": [*old["fields"], {"name": "cause", "type": "string", "default": "none"}]}
    kind = codec._Kind(DrainProgressOfTomorrow, [old, new])
    readable = {codec.head_of(old): (kind, fastavro.parse_schema(old)), codec.head_of(new): (kind, None)}
    monkeypatch.setattr(codec, "READABLE", readable)
    monkeypatch.setitem(codec.KINDS, DrainProgressOfTomorrow, kind)

    read = decode(bytes.fromhex(GOLDEN["drain_progress.1"]))

    expected = DrainProgressOfTomorrow(
        site_id="site_1", partition=7, up_to_offset=1200, at=1_764_000_000_000, cause="none"
    )
    assert read == expected
    assert decode(encode(expected)) == expected
    assert encode(expected)[:10] != bytes.fromhex(GOLDEN["drain_progress.1"])[:10]


def test_a_record_of_another_kind_is_not_taken_for_one() -> None:
    with pytest.raises(RecordUnreadable, match="a CustomerEvent belongs here, this is a Delivery"):
        decode_as(CustomerEvent, encode(SAMPLES["delivery"]))
    assert decode_as(Delivery, encode(SAMPLES["delivery"])) == SAMPLES["delivery"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "no value"),
        (b"", "does not begin"),
        (b"{}", "does not begin"),
        (b"\x00\x00\x00\x00\x07abc", "Confluent"),
        (b"\xc3\x01", "no schema here"),
        (b"\xc3\x01abcdefgh", "6162636465666768"),
    ],
)
def test_bytes_that_are_no_record_say_why(value: bytes | None, said: str) -> None:
    with pytest.raises(RecordUnreadable, match=said):
        decode(value)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_body_that_is_cut_or_followed_by_more_is_unreadable(name: str) -> None:
    raw = encode(SAMPLES[name])
    for end in range(10, len(raw)):
        with pytest.raises(RecordUnreadable):
            decode(raw[:end])
    with pytest.raises(RecordUnreadable, match="1 bytes follow"):
        decode(raw + b"\x00")


def test_a_word_that_is_not_of_its_enum_is_unreadable() -> None:
    raw = encode(SAMPLES["operation"]).replace(b"breaker", b"brabant")
    with pytest.raises(RecordUnreadable, match="brabant"):
        decode(raw)


def outcome(value: bytes) -> Any:
    try:
        return decode(value)
    except RecordUnreadable:
        return None


@given(st.sampled_from(sorted(codec.READABLE)), st.binary(max_size=300))
def test_garbage_behind_a_good_head_is_unreadable_or_a_record_and_nothing_else(head: bytes, body: bytes) -> None:
    outcome(head + body)


@given(st.binary(max_size=100))
def test_garbage_is_unreadable_and_nothing_else(value: bytes) -> None:
    assert outcome(value) is None


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_record_with_some_bytes_changed_is_unreadable_or_a_record_and_nothing_else(
    name: str, data: st.DataObject
) -> None:
    raw = bytearray(encode(SAMPLES[name]))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(10, len(raw) - 1))] = data.draw(st.integers(0, 255))
    outcome(bytes(raw))


@given(st.lists(st.text(max_size=20), max_size=5), st.binary(max_size=50), st.integers(-(2**63), 2**63 - 1))
def test_what_is_written_is_read(texts: list[str], raw: bytes, number: int) -> None:
    record = SAMPLES["rejected"]
    fields = {name: getattr(record, name) for name in codec.KINDS[type(record)].names}
    written = type(record)(**fields | {"headers": [texts, texts], "value": raw, "offset": number})
    assert decode(encode(written)) == written


def test_an_empty_change_is_one() -> None:
    change = Change(id="c", account="", author="", at=0, items=[])
    assert decode(encode(change)) == change
