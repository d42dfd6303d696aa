"""Records to bytes and back: Avro single-object encoding, schemas in `schemas/avro`.

The two-byte marker and the schema's fingerprint come first (Avro specification, 'Single-object encoding'), so bytes
name the schema they were written with and old ones stay readable. With a schema registry (`use_registry`) Confluent
framing is read too, and written if that is wanted; JSON starts with neither.
"""

from __future__ import annotations

import io
import json
import operator
import types
import typing
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from functools import partial
from importlib import resources
from typing import Any, cast

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from schemas import records
from schemas.errors import RecordUnreadable
from schemas.framing import FRAME, FRAMED, Framing, Registry
from schemas.quick import maker

__all__ = ["MARKER", "decode", "decode_as", "encode", "is_ours", "outside", "use_registry"]

MARKER = b"\xc3\x01"
HEAD = 10  # marker and fingerprint, bytes
UNREADABLE = (
    EOFError,
    ValueError,
    IndexError,
    OverflowError,
    MemoryError,
    TypeError,
    KeyError,
    SchemaResolutionError,
)  # what fastavro raises for a body that is not by its schema

Converter = Callable[[Any], Any]


class _Kind:
    """One record class with its newest schema, and how its fields differ from Avro's plain values."""

    def __init__(self, record: type, schemas: list[dict[str, Any]]) -> None:
        self.record = record
        self.plain_schemas = schemas
        self.schema = parse_schema(schemas[-1])
        self.head = head_of(schemas[-1])
        self.written = self.head  # what stands in front of a body now
        self.names = tuple(field.name for field in fields(record))
        self.values = operator.attrgetter(*self.names)
        hints = typing.get_type_hints(record)
        self.converters = {name: c for name, hint in hints.items() if (c := converter(hint))}
        self.nested = tuple(name for name, hint in hints.items() if is_list_of_records(hint))
        self._made: Callable[..., Any] = maker(record)

    def plain(self, value: Any) -> dict[str, Any]:
        values = dict(zip(self.names, self.values(value), strict=True))
        for name in self.nested:
            values[name] = [asdict(item) for item in values[name]]
        return values

    def build(self, values: dict[str, Any]) -> Any:
        for name, convert in self.converters.items():
            if values[name] is not None:
                values[name] = convert(values[name])
        return self._made(*map(values.__getitem__, self.names))


def is_list_of_records(hint: Any) -> bool:
    return typing.get_origin(hint) is list and is_dataclass(typing.get_args(hint)[0])


def converter(hint: Any) -> Converter | None:
    """What turns Avro's plain value into the field's own type; None where it is that already."""
    if typing.get_origin(hint) is types.UnionType:
        return next((c for arm in typing.get_args(hint) if (c := converter(arm))), None)
    if is_list_of_records(hint):
        return partial(build_all, typing.get_args(hint)[0])
    if not (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return None
    return {member.value: member for member in hint}.__getitem__  # a tenth of the time of calling the class


def build_all(record: type, rows: list[dict[str, Any]]) -> list[Any]:
    hints = typing.get_type_hints(record)
    return [
        record(
            **{name: convert(value) if (convert := converter(hints[name])) else value for name, value in row.items()}
        )
        for row in rows
    ]


def head_of(schema: dict[str, Any]) -> bytes:
    """The ten bytes in front of a body written with this schema."""
    return MARKER + bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))


def load() -> tuple[dict[type, _Kind], dict[bytes, tuple[_Kind, Any]]]:
    """Read `NAME.N.avsc`; the highest N of a name is what is written, the others are still read."""
    versions: dict[str, dict[int, dict[str, Any]]] = {}
    for file in resources.files("schemas").joinpath("avro").iterdir():
        name, number, suffix = file.name.split(".")
        if suffix == "avsc":
            versions.setdefault(name, {})[int(number)] = json.loads(file.read_text("utf-8"))
    kinds: dict[type, _Kind] = {}
    readable: dict[bytes, tuple[_Kind, Any]] = {}
    for numbered in versions.values():
        schemas = [numbered[number] for number in sorted(numbered)]
        kind = _Kind(getattr(records, schemas[-1]["name"]), schemas)
        kinds[kind.record] = kind
        for schema in schemas:
            head = head_of(schema)
            readable[head] = (kind, None if head == kind.head else parse_schema(schema))
    return kinds, readable


KINDS, READABLE = load()
BY_NAME = {str(cast("dict[str, Any]", kind.schema)["name"]): kind for kind in KINDS.values()}
FRAMING = Framing()


def use_registry(registry: Registry | None, *, write: bool = True) -> None:
    """Read Confluent framing by this registry from now on; `write` it too. None: as it was without one.

    Raises:
        RegistryUnavailable: what is written has to be registered, and that did not work.
    """
    FRAMING.use(registry)
    for kind in KINDS.values():
        kind.written = kind.head
        if registry is not None and write:  # older versions first, so that the newest is the subject's latest
            kind.written = [FRAMING.head(schema, json.dumps(schema)) for schema in kind.plain_schemas][-1]


def encode(record: Any) -> bytes:
    """Write a record with its kind's newest schema."""
    kind = KINDS[type(record)]
    out = io.BytesIO()
    out.write(kind.written)
    fastavro.schemaless_writer(out, kind.schema, kind.plain(record))
    return out.getvalue()


def decode(value: bytes | None) -> Any:
    """Read one of our records, whichever kind and version it is.

    Raises:
        RecordUnreadable: no value, no marker, a schema that is not ours, or a body that ends early or late.
        RegistryUnavailable: it has Confluent framing by a schema that is not known here yet.
    """
    if value is None:
        raise RecordUnreadable("the record has no value")
    known, head = READABLE.get(value[:HEAD]), HEAD
    if known is None and value[:1] == FRAMED:
        known, head = framed(value), FRAME
    if known is None:
        raise RecordUnreadable(unknown(value))
    kind, writer = known
    body = io.BytesIO(value)
    body.seek(head)
    try:
        values = fastavro.schemaless_reader(body, writer or kind.schema, kind.schema if writer else None)
        record = kind.build(cast("dict[str, Any]", values))
    except UNREADABLE as error:
        raise RecordUnreadable(
            f"the body is not the {kind.record.__name__} that its first bytes say: {error}"
        ) from None
    if body.tell() != len(value):
        raise RecordUnreadable(f"{len(value) - body.tell()} bytes follow the {kind.record.__name__}")
    return record


R = typing.TypeVar("R")


def decode_as(record: type[R], value: bytes | None) -> R:
    """Read a record that must be of this kind.

    Raises:
        RecordUnreadable: as `decode`, or it is of another kind.
    """
    found = decode(value)
    if not isinstance(found, record):
        raise RecordUnreadable(f"a {record.__name__} belongs here, this is a {type(found).__name__}")
    return found


def framed(value: bytes) -> tuple[_Kind, Any]:
    """The kind of a record with Confluent framing, and the schema that it was written with."""
    writer = FRAMING.writer(value)
    kind = BY_NAME.get(writer.get("name", "")) if isinstance(writer, dict) else None
    if kind is None:
        raise RecordUnreadable("the record has Confluent framing by a schema that is none of ours")
    return kind, writer


def is_ours(value: bytes) -> bool:
    """Whether it begins as a record does that `decode` reads, one of ours; JSON and others' Avro do not."""
    if value[:1] != FRAMED:
        return value.startswith(MARKER)
    writer = FRAMING.writer(value)
    return isinstance(writer, dict) and writer.get("name", "") in BY_NAME


def outside(value: bytes) -> Any:
    """The value of a record with Confluent framing by a schema of somebody else's; plain Avro values.

    Raises:
        RecordUnreadable, RegistryUnavailable: as `decode`.
    """
    writer, body = FRAMING.writer(value), io.BytesIO(value)
    body.seek(FRAME)
    try:
        found = fastavro.schemaless_reader(body, writer, None)
    except UNREADABLE as error:
        raise RecordUnreadable(f"the body is not what its schema says: {str(error) or 'it ends early'}") from None
    if body.tell() != len(value):
        raise RecordUnreadable(f"{len(value) - body.tell()} bytes follow the body")
    return found


def unknown(value: bytes) -> str:
    if value[:2] == MARKER:
        return f"no schema here has the fingerprint {value[2:HEAD].hex()}"
    return "the record does not begin with Avro's single-object marker C3 01"
