"""Avro's binary encoding: values to bytes, each field by a function that was chosen once for its type.

Three fifths of a general library's time, and the courier writes a record for every attempt. Strings, bytes, longs,
booleans, `["null", type]`, arrays and records (Avro specification, 'Binary encoding'): the types that our schemas use.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["record_writer"]

Writer = Callable[[Any], bytes]
MORE = 0x80  # set in a byte of a number that another one follows


def varint(number: int) -> bytes:
    """A long: zigzag, then seven bits a byte, the lowest first."""
    if not -(2**63) <= number < 2**63:
        raise OverflowError(f"{number} is no long")
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest >= MORE:
        out.append(rest & 127 | MORE)
        rest >>= 7
    out.append(rest)
    return bytes(out)


FEW = 4096
SMALL = [varint(number) for number in range(FEW)]  # most are lengths and counts


def write_long(value: int) -> bytes:
    return SMALL[value] if 0 <= value < FEW else varint(value)


def write_bytes(value: bytes) -> bytes:
    size = len(value)
    return (SMALL[size] if size < FEW else varint(size)) + value


def write_string(value: str) -> bytes:
    raw = value.encode()
    size = len(raw)
    return (SMALL[size] if size < FEW else varint(size)) + raw


def write_boolean(value: bool) -> bytes:  # noqa: FBT001 - it stands in a table of writers
    return b"\x01" if value else b"\x00"


def write_texts(value: list[list[str]]) -> bytes:
    """An array of arrays of strings, which headers are: written flat."""
    if not value:
        return b"\x00"
    parts = [write_long(len(value))]
    for texts in value:
        if texts:
            parts.append(write_long(len(texts)))
            parts += map(write_string, texts)
        parts.append(b"\x00")
    parts.append(b"\x00")
    return b"".join(parts)


def nullable_writer(write: Writer) -> Writer:
    return lambda value: b"\x00" if value is None else b"\x02" + write(value)


def array_writer(write: Writer) -> Writer:
    return lambda items: b"".join([write_long(len(items)), *map(write, items), b"\x00"]) if items else b"\x00"


def record_writer(schema: Mapping[str, Any]) -> Writer:
    """Writes a record, whatever has its two or more fields as attributes.

    Raises:
        ValueError: the schema has a type that is not written here.
    """
    writers = [writer_of(field["type"]) for field in schema["fields"]]
    values = operator.attrgetter(*(field["name"] for field in schema["fields"]))
    return lambda record: b"".join([write(value) for write, value in zip(writers, values(record), strict=True)])


PLAIN_WRITERS: dict[str, Writer] = {
    "string": write_string,
    "bytes": write_bytes,
    "long": write_long,
    "boolean": write_boolean,
}
TEXTS = {"type": "array", "items": {"type": "array", "items": "string"}}


def writer_of(schema: Any) -> Writer:
    match schema:
        case str() if schema in PLAIN_WRITERS:
            return PLAIN_WRITERS[schema]
        case ["null", other]:
            return nullable_writer(writer_of(other))
        case {"type": "record"}:
            return record_writer(schema)
        case {"type": "array", "items": items}:
            return write_texts if schema == TEXTS else array_writer(writer_of(items))
    raise ValueError(f"Avro's type {schema!r} is not written here")
