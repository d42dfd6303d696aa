"""What a Kafka message looks like to a person and to jq: its place, its key, and its record decoded.

Encoded records inside a record are decoded too; bytes that are no text are shown as base64.
"""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import orjson
from confluent_kafka import Message

from schemas import codec
from schemas.errors import RecordUnreadable

__all__ = ["line_of", "rendered"]

JSON_TEXT = {"CustomerEvent": ("data",), "ChangeItem": ("body",), "Operation": ("body",)}


def line_of(message: Message) -> bytes:
    """One JSON object and a line end; `timestamp` in milliseconds."""
    place = {"topic": message.topic(), "partition": message.partition(), "offset": message.offset()}
    head = place | {"timestamp": message.timestamp()[1], "key": text_of(message.key())}
    return orjson.dumps(head | rendered(message.value())) + b"\n"


def rendered(value: bytes | None) -> dict[str, Any]:
    """The record and its kind; or, where it is none of ours, its JSON, or its raw bytes and why."""
    try:
        record = codec.decode(value)
    except RecordUnreadable as error:
        return plain_json(value) or {"kind": None, "error": str(error), "value": text_of(value)}
    return {"kind": type(record).__name__, "value": shown(record)}


def plain_json(value: bytes | None) -> dict[str, Any] | None:
    if value is None or value[:1] not in b"{[":
        return None
    try:
        return {"kind": "json", "value": orjson.loads(value)}
    except orjson.JSONDecodeError:
        return None


def shown(value: Any) -> Any:
    """A record's fields as JSON values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: shown(getattr(value, field.name)) for field in dataclasses.fields(value)}
        for name in JSON_TEXT.get(type(value).__name__, ()):
            fields[name] = parsed(fields[name])
        return fields
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, bytes):
        return rendered(value)["value"] if codec.is_ours(value) else text_of(value)
    return value


def parsed(text: str) -> Any:
    """JSON text as what it says; text as it is where it is not JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def text_of(value: bytes | None) -> Any:
    """UTF-8 text, or base64 where it is none."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
