"""Avro's binary encoding: bytes to values, each field by a function that was chosen once for its type.

Three fifths of a general library's time, and the courier reads a record for every delivery. What the bytes lack or have
too much of is a ValueError, an EOFError or an IndexError, whatever they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["values_reader"]

Reader = Callable[[bytes, int], tuple[Any, int]]  # the bytes and a place in them: the value, and the place behind it
LONG_BITS = 64
MORE = 0x80  # set in a byte of a number that another one follows


def read_long(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < MORE:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number, shift = byte & 127, 7
    while byte >= MORE:
        if shift >= LONG_BITS:
            raise ValueError("a long has more than ten bytes")
        at += 1
        byte = data[at]
        number |= (byte & 127) << shift
        shift += 7
    if number >> LONG_BITS:
        raise ValueError("a long has more than 64 bits")
    return (number >> 1) ^ -(number & 1), at + 1


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = read_long(data, at)
    end = at + size
    if size < 0 or end > len(data):
        raise EOFError(f"{size} bytes belong at {at}, where {len(data) - at} are left")
    return data[at:end], end


def read_string(data: bytes, at: int) -> tuple[str, int]:
    size, at = data[at], at + 1
    if size >= MORE:
        size, at = read_long(data, at - 1)
    elif size & 1:
        raise ValueError("a length is negative")
    else:
        size >>= 1
    end = at + size
    if size < 0 or end > len(data):
        raise EOFError(f"{size} bytes belong at {at}, where {len(data) - at} are left")
    return data[at:end].decode(), end


def read_boolean(data: bytes, at: int) -> tuple[bool, int]:
    return bool(data[at]), at + 1


def nullable_reader(read: Reader) -> Reader:
    def read_nullable(data: bytes, at: int) -> tuple[Any, int]:
        which = data[at]
        if which == 0:
            return None, at + 1
        if which != 2:  # noqa: PLR2004 - the branch 1, zigzag
            raise ValueError(f"a union has no branch {which}")
        return read(data, at + 1)

    return read_nullable


def array_reader(read: Reader) -> Reader:
    def read_array(data: bytes, at: int) -> tuple[list[Any], int]:
        items = []
        count, at = read_long(data, at)
        while count:
            if count < 0:  # its size in bytes follows, for those who skip it
                count = -count
                _, at = read_long(data, at)
            for _ in range(count):
                item, at = read(data, at)
                items.append(item)
            count, at = read_long(data, at)
        return items, at

    return read_array


def values_reader(schema: Mapping[str, Any]) -> Callable[[bytes, int], tuple[list[Any], int]]:
    """Reads the values of a record's fields, in their order; a record within is a dictionary.

    Raises:
        ValueError: the schema has a type that is not read here.
    """
    readers = [reader_of(field["type"]) for field in schema["fields"]]

    def read_values(data: bytes, at: int) -> tuple[list[Any], int]:
        values = []
        for read in readers:
            value, at = read(data, at)
            values.append(value)
        return values, at

    return read_values


def record_reader(schema: Any) -> Reader:
    names, read = [field["name"] for field in schema["fields"]], values_reader(schema)

    def read_record(data: bytes, at: int) -> tuple[dict[str, Any], int]:
        values, at = read(data, at)
        return dict(zip(names, values, strict=True)), at

    return read_record


PLAIN_READERS: dict[str, Reader] = {
    "string": read_string,
    "bytes": read_bytes,
    "long": read_long,
    "boolean": read_boolean,
}


def reader_of(schema: Any) -> Reader:
    match schema:
        case str() if schema in PLAIN_READERS:
            return PLAIN_READERS[schema]
        case ["null", other]:
            return nullable_reader(reader_of(other))
        case {"type": "record"}:
            return record_reader(schema)
        case {"type": "array", "items": items}:
            return array_reader(reader_of(items))
    raise ValueError(f"Avro's type {schema!r} is not read here")
