"""How far values of an Avro schema can unfold: what a stranger's schema may ask of us before a value is read by it.

A value is read by a C library that goes down a level for each level of the value: a type that contains itself lets two
bytes a level end the process. Types without bytes let ten bytes be a list of a thousand million of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from schemas.errors import RecordUnreadable

__all__ = ["require_bounded"]

MOST_LEVELS = 64  # as JSON has here
MOST_EMPTY = 1_000  # parts without bytes, outside lists


class Extent(NamedTuple):
    """What one value of a type may unfold into."""

    levels: int
    empty: int  # parts that take no bytes and are paid for by none that does


def require_bounded(schema: Any) -> None:
    """Check a schema that fastavro has parsed.

    Raises:
        RecordUnreadable: its values may unfold without end; the message names the type.
    """
    extent = Extents().of(schema)
    if extent.levels > MOST_LEVELS:
        raise RecordUnreadable(f"its values have up to {extent.levels} levels, and at most {MOST_LEVELS} are read")
    if extent.empty > MOST_EMPTY:
        raise RecordUnreadable(f"{extent.empty} parts of it take no bytes, and at most {MOST_EMPTY:,} are read")


class Extents:
    """Measures types; each one with a name once."""

    def __init__(self) -> None:
        self._named: dict[str, Extent | None] = {}  # None: under way

    def of(self, schema: Any) -> Extent:
        match schema:
            case list():
                return self._union(schema)
            case {"type": "array", "items": items}:
                return self._many(items, 0)
            case {"type": "map", "values": values}:
                return self._many(values, 1)  # a key pays for one
            case {"type": "record" | "error", "name": str(name), "fields": fields}:
                return self._record(name, [field["type"] for field in fields])
            case {"type": "fixed" | "enum", "name": str(name)}:
                self._named[name] = extent = Extent(1, int(schema.get("size") == 0))
                return extent
        return self._by_name(schema["type"] if isinstance(schema, dict) else schema)

    def _by_name(self, name: str) -> Extent:
        if name not in self._named:  # a primitive type
            return Extent(1, int(name == "null"))
        extent = self._named[name]
        if extent is None:
            raise RecordUnreadable(f"its type {name} contains itself: values may have levels without end")
        return extent

    def _union(self, branches: list[Any]) -> Extent:
        found = [self.of(branch) for branch in branches]
        levels = max((each.levels for each in found), default=0)
        return Extent(levels + 1, max((each.empty - 1 for each in found if each.empty), default=0))

    def _record(self, name: str, types: list[Any]) -> Extent:
        self._named[name] = None
        found = [self.of(each) for each in types]
        levels = max((each.levels for each in found), default=0)
        self._named[name] = extent = Extent(levels + 1, sum(each.empty for each in found) if found else 1)
        return extent

    def _many(self, items: Any, paid: int) -> Extent:
        extent = self.of(items)
        if extent.empty > paid:
            raise RecordUnreadable("it has a list of parts that take no bytes: a few bytes may be any number of them")
        return Extent(extent.levels + 1, 0)
