"""Whole records for the view of one row: headers and bodies, with what is sealed as dots."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from projections.store.unpacking import plain
from projections.tables import records
from schemas.codec import decode_as

__all__ = ["MASK", "body_of", "headers_of", "record_at"]

MASK = "••••"
PAIR = 2  # a header with a third part is sealed

R = TypeVar("R")


def record_at(connection: Connection, place: int, kind: type[R]) -> R | None:
    """The record at a place of the log; None where the store has it no more."""
    value = connection.execute(select(records.c.value).where(records.c.place == place)).scalar()
    return None if value is None else decode_as(kind, plain(connection, value))


def headers_of(headers: Iterable[Sequence[str]]) -> list[list[str]]:
    """`[[name, value], ...]`; a sealed value is never shown."""
    return [[header[0], header[1] if len(header) == PAIR else MASK] for header in headers]


def body_of(body: bytes, *, sealed: bool = False) -> dict[str, Any]:
    """`body` and `body_encoding`: text where the bytes are UTF-8, else base64."""
    if sealed:
        return {"body": MASK, "body_encoding": "utf-8"}
    try:
        return {"body": body.decode("utf-8"), "body_encoding": "utf-8"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "body_encoding": "base64"}
