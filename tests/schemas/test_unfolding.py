"""A stranger's schema by which a few bytes would be a value without end is refused, and names why."""

from __future__ import annotations

from typing import Any

import pytest
from fastavro.schema import parse_schema

from schemas.errors import RecordUnreadable
from schemas.unfolding import require_bounded


def record(name: str, *types: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": f"f{n}", "type": each} for n, each in enumerate(types)]}


def nested(levels: int) -> dict[str, Any]:
    """Types that refer to each other by name: deep, though the schema itself is flat."""
    inner = [record("R0", "int"), *(record(f"R{n}", f"R{n - 1}") for n in range(1, levels))]
    return record("Top", *inner)


def doubled(times: int) -> dict[str, Any]:
    inner = [record("R0"), *(record(f"R{n}", f"R{n - 1}", f"R{n - 1}") for n in range(1, times))]
    return record("Top", *inner)


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (record("Tree", ["null", "Tree"]), "Tree contains itself"),
        (record("Tree", {"type": "array", "items": "Tree"}), "Tree contains itself"),
        ({**record("Tree", ["null", "shop.Tree"]), "namespace": "shop"}, "shop.Tree contains itself"),
        ({"type": "array", "items": "null"}, "take no bytes"),
        ({"type": "array", "items": record("Nothing")}, "take no bytes"),
        ({"type": "array", "items": record("Row", "int", "null")}, "take no bytes"),
        ({"type": "array", "items": {"type": "fixed", "name": "None", "size": 0}}, "take no bytes"),
        ({"type": "map", "values": record("Two", "null", "null")}, "take no bytes"),
        (nested(80), "levels"),
        (doubled(30), "parts of it take no bytes"),
    ],
)
def test_a_schema_without_bounds_is_refused(schema: dict[str, Any], why: str) -> None:
    with pytest.raises(RecordUnreadable, match=why):
        require_bounded(parse_schema(schema))


@pytest.mark.parametrize(
    "schema",
    [
        record("Event", "string", ["null", "string"], {"type": "map", "values": ["null", "double"]}, "null"),
        record("Event", {"type": "array", "items": ["null", record("Item", "int")]}, ["null", "Item"]),
        record("Event", {"type": "enum", "name": "Kind", "symbols": ["a"]}, {"type": "array", "items": "Kind"}),
        record("Event", record("Nothing"), {"type": "long", "logicalType": "timestamp-millis"}),
        {"type": "map", "values": "null"},
        nested(40),
        ["null", "string"],
        "bytes",
    ],
)
def test_what_producers_write_is_read(schema: Any) -> None:
    require_bounded(parse_schema(schema))
