"""Records with wild header names are read; all others as aiokafka reads them."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.memory_records import MemoryRecords

from streams.edges.lenient_records import LenientRecords


class WildName(str):
    """A header name whose bytes are not UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xffwild"


def batch(compression: int, *names: str) -> bytes:
    builder = _DefaultRecordBatchBuilderPy(2, compression, 0, -1, -1, -1, 1_000_000)
    for offset, name in enumerate(names):
        builder.append(offset, 1000 + offset, b"k", b"value %d" % offset, [(name, b"v"), ("none", None)])
    return bytes(builder.build())


def read(records: Any) -> list[Any]:
    found = []
    while records.has_next():
        one = records.next_batch()
        assert one.validate_crc()
        assert not one.is_control_batch
        found += [(each.offset, each.timestamp, each.key, each.value, list(each.headers)) for each in one]
    return found


@pytest.mark.parametrize("compression", [0, 1, 2, 3, 4])
def test_ordinary_records_are_read_as_they_are(compression: int) -> None:
    data = batch(compression, "a", "ä") + batch(0, "b")
    assert read(LenientRecords(data)) == read(MemoryRecords(data))
    assert LenientRecords(data).size_in_bytes() == len(data)


@pytest.mark.parametrize("compression", [0, 1, 2, 3, 4])
def test_a_name_that_is_not_utf_8_is_spelt_out_and_nothing_is_lost_or_doubled(compression: int) -> None:
    data = batch(0, "first") + batch(compression, "a", "b", WildName("x"), "c", WildName("y")) + batch(0, "last")
    with pytest.raises(UnicodeDecodeError):
        read(MemoryRecords(data))

    found = read(LenientRecords(data))

    assert [headers[0][0] for *_, headers in found] == ["first", "a", "b", "\\xffwild", "c", "\\xffwild", "last"]
    assert [value for _, _, _, value, _ in found][1:6] == [b"value %d" % n for n in range(5)]
    assert {headers[1] for *_, headers in found} == {("none", None)}
