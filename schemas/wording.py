"""What pydantic found wrong, in words for whoever wrote the value: no Python, and never the value itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

__all__ = ["said"]

VALUE_ERROR = "Value error, "
WHOLE = "must be a whole number"
WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here",
    "string_type": "must be a text; put it in quotes",
    "string_too_short": "must not be empty",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
PATTERNS = {
    r"^[A-Za-z0-9_-]{1,128}$": "must be 1 to 128 letters a to z, digits, - and _",
    r"^[a-z0-9-]{1,64}$": "must be 1 to 64 lower-case letters a to z, digits and hyphens",
    r"^[a-z][a-z0-9_]{0,63}$": "must be 1 to 64 lower-case letters a to z, digits and _, and begin with a letter",
    r"^[A-Za-z0-9._-]{0,100}$": "must be at most 100 letters a to z, digits, dots, - and _",
}
LIMITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda limit: f"must be more than {limit['gt']:g}",
    "greater_than_equal": lambda limit: f"must be at least {limit['ge']:g}",
    "less_than": lambda limit: f"must be less than {limit['lt']:g}",
    "less_than_equal": lambda limit: f"must be at most {limit['le']:g}",
    "string_too_long": lambda limit: f"must have at most {limit['max_length']} characters",
    "too_short": lambda limit: f"must have at least {counted(limit['min_length'])}",
    "too_long": lambda limit: f"must have at most {counted(limit['max_length'])}",
    "string_pattern_mismatch": lambda limit: PATTERNS.get(limit["pattern"], f"must match {limit['pattern']}"),
    "literal_error": lambda limit: f"must be {limit['expected']}",
    "enum": lambda limit: f"must be {limit['expected']}",
}


def said(error: ErrorDetails) -> str:
    """One error as a sentence without its subject."""
    kind = error["type"]
    if kind in LIMITS:
        return LIMITS[kind](error.get("ctx", {}))
    return WORDS.get(kind, error["msg"].removeprefix(VALUE_ERROR))


def counted(number: int) -> str:
    return "one item" if number == 1 else f"{number} items"
