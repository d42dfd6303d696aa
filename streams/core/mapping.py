"""Mapping: a request's body becomes the fields of an event (manual 002, 'Mapping').

Order: read, replace, default. Paths are exact; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.errors import FieldInvalid
from schemas.json_text import text_form
from schemas.paths import MISSING, is_empty, read, write

__all__ = ["map_body"]


def map_body(mapping: Sequence[Mapping[str, Any]], body: Any) -> dict[str, Any]:
    """The payload of the event, `{"customer": ..., "data": {...}}`, not yet validated.

    Raises:
        FieldInvalid: two fields meet in one place.
    """
    payload: dict[str, Any] = {"data": {}}
    for index, item in enumerate(mapping):
        value = mapped(item, body)
        if value is not MISSING:
            try:
                write(payload, item["to"], value)
            except ValueError as error:
                raise FieldInvalid(f"mapping.{index}.to", str(error)) from None
    return payload


def mapped(item: Mapping[str, Any], body: Any) -> Any:
    """One field's value: read, replaced, defaulted; MISSING where there is none."""
    path = item.get("from")
    value = MISSING if path is None else source(body, path)
    if value is not MISSING and item.get("replace"):
        value = replaced(value, item["replace"])
    default = item.get("default")
    return default if is_empty(value) and default is not None else value


def source(body: Any, path: str) -> Any:
    """The path as it stands is tried first, then without its leading `body.`."""
    value = read(body, path)
    return read(body, path.removeprefix("body.")) if value is MISSING and path.startswith("body.") else value


def replaced(value: Any, pairs: Sequence[Mapping[str, Any]]) -> Any:
    """The first pair whose value has the same text form; element by element on an array."""
    if isinstance(value, list):
        return [replaced(item, pairs) for item in value]
    text = text_form(value)
    return next((pair["with"] for pair in pairs if text_form(pair["value"]) == text), value)
