"""JSON schemas for people: each shape as a table of its fields, each type in words, with a link to its own shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import orjson

__all__ = ["marked", "shape_of", "shapes"]

Schema = Mapping[str, Any]
CODE = re.compile(r"`([^`]+)`")
WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object", "array": "list"}
LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxItems": "at most {} items",
    "minItems": "at least {} items",
}


def shapes(components: Mapping[str, Schema]) -> str:
    """Every shape, by name."""
    return "".join(one(name, schema) for name, schema in sorted(components.items()))


def one(name: str, schema: Schema) -> str:
    if "properties" not in schema:
        return f'<h3 id="shape-{escape(name)}">{escape(name)}</h3><p>{shape_of(schema)}</p>'
    rows = "".join(fields(schema))
    return f'<h3 id="shape-{escape(name)}">{escape(name)}</h3><table>{rows}</table>'


def fields(schema: Schema) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, field in schema["properties"].items():
        need = "required" if name in required else default_of(field)
        yield f"<tr><td><code>{escape(name)}</code></td><td>{shape_of(field)}</td><td>{need}</td></tr>"


def default_of(field: Schema) -> str:
    if "default" not in field or field["default"] is None:
        return ""
    return f"default <code>{escape(orjson.dumps(field['default']).decode())}</code>"


def shape_of(schema: Schema) -> str:
    """A type in words."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    if arms := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(shape_of(arm) for arm in arms))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " or ".join(f"<code>{escape(orjson.dumps(value).decode())}</code>" for value in values)
    return "; ".join([type_of(schema), *limits(schema)])


def type_of(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array" and "items" in schema:
        return f"list of {shape_of(schema['items'])}"
    if kind is None:
        return "any JSON"
    return WORDS.get(kind, str(kind))


def limits(schema: Schema) -> Iterator[str]:
    for key, text in LIMITS.items():
        if key in schema:
            yield text.format(schema[key])
    if "pattern" in schema:
        yield f"<code>{escape(schema['pattern'])}</code>"
    if "description" in schema:
        yield marked(schema["description"])


def marked(text: str) -> str:
    """Text as HTML; what stands between backticks is code."""
    return CODE.sub(r"<code>\1</code>", escape(text))
