"""Confluent framing: a byte 0, the schema's number in a registry in four bytes, then the Avro body.

The codec asks here for numbers and schemas; the registry itself is the entry points' (`use_registry`). A number is
asked for once a process. Subjects are record names (`hookline.Attempt`), since one kind may lie in several topics.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Protocol

from fastavro.schema import SchemaParseException, UnknownType, parse_schema

from schemas.errors import RecordUnreadable
from schemas.json_text import JsonMalformed, parse
from schemas.unfolding import require_bounded

__all__ = ["FRAME", "FRAMED", "Framing", "Registry", "frame"]

FRAMED = b"\x00"
NO_SCHEMA = (JsonMalformed, SchemaParseException, UnknownType, ValueError, TypeError, KeyError, AttributeError)
FRAME = 5  # bytes in front of the body


class Registry(Protocol):
    """A schema registry. Both raise RegistryUnavailable when it does not answer."""

    def number_of(self, subject: str, schema: str) -> int:
        """The number of a schema, registered under the subject if need be."""
        ...

    def schema_of(self, number: int) -> str | None:
        """The schema with this number, as JSON; None: there is none."""
        ...


class Framing:
    """What is known of numbers: which schema each one is, as fastavro wants it."""

    def __init__(self) -> None:
        self.registry: Registry | None = None
        self._writers: dict[bytes, Any] = {}
        self._refused: dict[bytes, str] = {}  # why: a number is one schema for good

    def use(self, registry: Registry | None) -> None:
        """Ask this registry from now on; what another one has said is forgotten."""
        self.registry = registry
        self._writers, self._refused = {}, {}

    def head(self, schema: Mapping[str, Any], text: str) -> bytes:
        """The five bytes in front of a body written with this schema; registers it.

        Raises:
            RegistryUnavailable: from the registry.
        """
        if self.registry is None:
            raise RuntimeError("no schema registry is configured")
        made = frame(self.registry.number_of(f"{schema['namespace']}.{schema['name']}", text))
        self._writers[made] = parse_schema(dict(schema))
        return made

    def writer(self, value: bytes) -> Any:
        """The schema that a framed value was written with.

        Raises:
            RecordUnreadable: nobody knows the number, or its schema cannot be read by.
            RegistryUnavailable: from the registry; the value may be readable later.
        """
        start = value[:FRAME]
        if why := self._refused.get(start):
            raise RecordUnreadable(why)
        if start not in self._writers:
            self._writers[start] = self._asked(start)
        return self._writers[start]

    def _asked(self, start: bytes) -> Any:
        if self.registry is None:
            raise RecordUnreadable("the record has Confluent framing, and no schema registry is configured")
        if len(start) < FRAME:
            raise RecordUnreadable("the record begins as Confluent framing does, and ends before the schema's number")
        number: int = struct.unpack(">xI", start)[0]
        text = self.registry.schema_of(number)
        if text is None:
            raise RecordUnreadable(f"the schema registry has no schema {number}")
        try:
            schema = parse_schema(parse(text.encode()))
            require_bounded(schema)
        except (*NO_SCHEMA, RecordUnreadable) as error:
            self._refused[start] = why = f"schema {number} of the registry is no Avro that can be read: {error}"
            raise RecordUnreadable(why) from None
        return schema


def frame(number: int) -> bytes:
    """The head for a schema's number."""
    return struct.pack(">xI", number)
