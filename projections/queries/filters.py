"""The filters of lists: what each query parameter may be, and the condition that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, and_, or_

from schemas.errors import FieldInvalid

__all__ = ["MOST_NAMED", "Filter", "any_of", "equals", "equals_number", "one_of", "response_code"]

Condition = ColumnElement[bool]
Filter = Callable[[str, str], Condition]  # the parameter's name and text
LONGEST_VALUE = 1024  # characters
MOST_NAMED = 100
CODE = re.compile(r"[1-9][0-9]{2}", re.ASCII)
CLASS = re.compile(r"([1-5])xx", re.ASCII | re.IGNORECASE)


def equals(column: Column[str]) -> Filter:
    """Any text, compared exactly."""

    def condition(name: str, value: str) -> Condition:
        if not value or len(value) > LONGEST_VALUE:
            raise FieldInvalid(name, f"must have 1 to {LONGEST_VALUE} characters")
        return column == value

    return condition


def any_of(column: Column[str]) -> Filter:
    """One id or several, with commas between."""
    each = equals(column)

    def condition(name: str, value: str) -> Condition:
        ids = value.split(",")
        if len(ids) > MOST_NAMED:
            raise FieldInvalid(name, f"must name at most {MOST_NAMED}")
        return or_(*(each(name, one) for one in ids))

    return condition


def equals_number(column: Column[int]) -> Filter:
    """A status code."""

    def condition(name: str, value: str) -> Condition:
        if not CODE.fullmatch(value):
            raise FieldInvalid(name, "must be a status code such as 422")
        return column == int(value)

    return condition


def one_of(column: Column[str], choices: type[StrEnum] | Iterable[str]) -> Filter:
    """One of a closed set of words."""
    words = [str(choice) for choice in choices]

    def condition(name: str, value: str) -> Condition:
        if value not in words:
            raise FieldInvalid(name, f"must be one of {', '.join(words)}")
        return column == value

    return condition


def response_code(code: Column[int], code_class: Column[int]) -> Filter:
    """`500`, `5xx` or `none`: what the site answered."""

    def condition(name: str, value: str) -> Condition:
        if value == "none":
            return and_(code_class == 0, code.is_(None))
        if match := CLASS.fullmatch(value):
            return code_class == int(match[1])
        if CODE.fullmatch(value):
            return code == int(value)
        raise FieldInvalid(name, "must be a code such as 500, a class such as 5xx, or none")

    return condition
