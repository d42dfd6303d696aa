"""The filter language's shape: a tree of `all` and `any` groups of criteria (manual 002, 'Filters').

What a criterion means is decided in `streams/core/filtering.py`; here is what can be saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import re2
from pydantic import Discriminator, Field, Tag, model_validator

from schemas.definitions.forms import Form
from schemas.json_text import is_number, number_of
from schemas.paths import path_problem

__all__ = ["AllOf", "AnyOf", "Criterion", "Node", "Operator", "attribute_problem", "criteria", "filter_problems"]

MAX_CRITERIA = 2000
MAX_NESTING = 32
MAX_PATTERN = 1000
MAX_PROGRAM = 2000  # instructions of all patterns of one tree: with the bound on what they read, a bound on time


class Operator(StrEnum):
    """Every operator there is."""

    EXISTS = "exists"
    DOES_NOT_EXIST = "does_not_exist"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    EQUALS = "equals"
    DOES_NOT_EQUAL = "does_not_equal"
    GREATER_THAN = "greater_than"
    GREATER_OR_EQUAL = "greater_or_equal"
    LESS_THAN = "less_than"
    LESS_OR_EQUAL = "less_or_equal"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    IN = "in"
    NOT_IN = "not_in"
    MATCHES = "matches"


UNARY = {Operator.EXISTS, Operator.DOES_NOT_EXIST, Operator.IS_EMPTY, Operator.IS_NOT_EMPTY}
NUMERIC = {Operator.GREATER_THAN, Operator.GREATER_OR_EQUAL, Operator.LESS_THAN, Operator.LESS_OR_EQUAL}
TEXTUAL = {Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES}
LISTED = {Operator.IN, Operator.NOT_IN}


class Criterion(Form):
    """One test of one attribute. `secret` values are sealed at rest and shown as dots."""

    attribute: str
    operator: Annotated[Operator, Field(strict=False)]
    value: Any = None
    secret: bool = False

    @model_validator(mode="after")
    def _value_fits(self) -> Criterion:
        if problem := value_problem(self.operator, self.value):
            raise ValueError(problem)
        if self.secret and not isinstance(self.value, str):
            raise ValueError("a secret value is text")
        return self


def value_problem(operator: Operator, value: Any) -> str | None:
    """What is wrong with an operator's value; None where nothing is."""
    if operator in UNARY:
        return None if value is None else f"{operator} takes no value"
    if operator in NUMERIC:
        return None if number_of(value) is not None else f"{operator} takes a number, or a text that is one"
    if operator in LISTED:
        fine = isinstance(value, list) and value and all(scalar(item) for item in value)
        return None if fine else f"{operator} takes a list of at least one text, number, true or false"
    if operator in TEXTUAL:
        return text_problem(operator, value)
    return None if scalar(value) else f"{operator} takes a text, a number, true or false"


def text_problem(operator: Operator, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"{operator} takes a text"
    if operator is not Operator.MATCHES:
        return None
    if len(value) > MAX_PATTERN:
        return f"a pattern has at most {MAX_PATTERN} characters"
    try:
        re2.compile(value, OPTIONS)
    except re2.error:
        return "not a pattern of RE2's syntax"
    return None


def program_size(criterion: Criterion) -> int:
    """What a pattern costs for each character that it reads; 0 for other operators."""
    if criterion.operator is not Operator.MATCHES:
        return 0
    return int(re2.compile(criterion.value, OPTIONS).programsize)


def scalar(value: Any) -> bool:
    return isinstance(value, str | bool) or is_number(value)


OPTIONS = re2.Options()
OPTIONS.log_errors = False


def kind_of(node: Any) -> str:
    if isinstance(node, dict):
        return next((kind for kind in ("all", "any") if kind in node), "criterion")
    return "all" if isinstance(node, AllOf) else "any" if isinstance(node, AnyOf) else "criterion"


class AllOf(Form):
    """True when every member is."""

    all: Annotated[list[Node], Field(min_length=1)]


class AnyOf(Form):
    """True when at least one member is."""

    any: Annotated[list[Node], Field(min_length=1)]


Node = Annotated[
    Annotated[AllOf, Tag("all")] | Annotated[AnyOf, Tag("any")] | Annotated[Criterion, Tag("criterion")],
    Discriminator(kind_of),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()


def criteria(node: AllOf | AnyOf | Criterion, path: str = "", depth: int = 1) -> Iterator[tuple[str, int, Criterion]]:
    """Every criterion with its path from the root (`all.0.any.1`) and its depth."""
    if isinstance(node, Criterion):
        yield path, depth, node
        return
    name, members = ("all", node.all) if isinstance(node, AllOf) else ("any", node.any)
    for index, member in enumerate(members):
        yield from criteria(member, f"{path}{'.' if path else ''}{name}.{index}", depth + 1)


def filter_problems(node: AllOf | AnyOf | Criterion, roots: dict[str, bool]) -> Iterator[tuple[str, str]]:
    """Wrong attributes and sizes, as (path, sentence). `roots`: first word -> whether a path must follow it."""
    found = list(criteria(node))
    if len(found) > MAX_CRITERIA:
        yield "", f"{len(found)} criteria; at most {MAX_CRITERIA}"
    if (size := sum(program_size(criterion) for _, _, criterion in found)) > MAX_PROGRAM:
        yield "", f"its patterns have {size:,} instructions; at most {MAX_PROGRAM:,}: repeat less, or compare less"
    if any(depth > MAX_NESTING for _, depth, _ in found):
        yield "", f"groups are nested at most {MAX_NESTING} deep"
    for path, _, criterion in found:
        if problem := attribute_problem(criterion.attribute, roots):
            yield f"{path}.attribute" if path else "attribute", problem


def attribute_problem(attribute: str, roots: dict[str, bool]) -> str | None:
    root, dot, rest = attribute.partition(".")
    if root not in roots:
        forms = ", ".join(f"{name}.PATH" if more else name for name, more in roots.items())
        return f"{attribute!r} is none of {forms}"
    if roots[root]:
        return path_problem(rest) if dot else f"say which: {root}.PATH"
    return f"{root} has no parts" if dot else None
