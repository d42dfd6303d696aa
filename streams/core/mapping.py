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
    return steps(item, body)[2]


def steps(item: Mapping[str, Any], body: Any) -> tuple[Any, Any, Any]:
    """What one field's path reads, what the replacements make of it, and the value that results."""
    path = item.get("from")
    found = MISSING if path is None else source(body, path)
    value = replaced(found, replacements(item)) if found is not MISSING and item.get("replace") else found
    default = item.get("default")
    return found, value, default if is_empty(value) and default is not None else value


def source(body: Any, path: str) -> Any:
    """The path as it stands is tried first, then without its leading `body.`."""
    value = read(body, path)
    return read(body, path.removeprefix("body.")) if value is MISSING and path.startswith("body.") else value


def replacements(item: Mapping[str, Any]) -> dict[str, Any]:
    """By text form; of two pairs with one text form the first counts."""
    return {text_form(pair["value"]): pair["with"] for pair in reversed(item["replace"])}


def replaced(value: Any, pairs: Mapping[str, Any]) -> Any:
    """What stands for a value with this text form; element by element on an array."""
    if isinstance(value, list):
        return [replaced(item, pairs) for item in value]
    return pairs.get(text_form(value), value)
