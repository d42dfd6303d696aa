"""Filters: whether a request or an event passes, and for people which criterion decided and what it read.

Total: any saved tree over any input gives an answer, never an exception. Rules: the operators' table of
docs/filters-and-mapping.md, after manual 002 ('Filters').
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from schemas.definitions.filters import OPTIONS, Operator
from schemas.json_text import number_of, text_form
from schemas.paths import MISSING, is_empty, read

__all__ = ["Compiled", "Subject", "compile_filter"]

MAX_MATCHED = 4096  # characters; a longer text matches no pattern


class Found:
    """What an attribute reads. Its text forms are made once, however many criteria ask: a sender decides how large."""

    __slots__ = ("_members", "_text", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._text: str | None = None
        self._members: frozenset[str] | None = None

    @property
    def absent(self) -> bool:
        """Missing or null."""
        return self.value is MISSING or self.value is None

    @property
    def text(self) -> str:
        """The text form of what is not absent."""
        if self._text is None:
            self._text = text_form(self.value)
        return self._text

    @property
    def members(self) -> frozenset[str]:
        """The text forms of an array's elements."""
        if self._members is None:
            self._members = frozenset(map(text_form, self.value))
        return self._members


@dataclass(frozen=True, slots=True)
class Subject:
    """What filters read: the roots of attributes. `headers` names are lower case with `-`."""

    roots: Mapping[str, Any]
    _found: dict[str, Found] = field(default_factory=dict, compare=False, repr=False)

    def find(self, attribute: str) -> Found:
        """The same as `read`, kept for the next criterion that asks."""
        found = self._found.get(attribute)
        if found is None:
            found = self._found[attribute] = Found(self.read(attribute))
        return found

    def read(self, attribute: str) -> Any:
        """The value of an attribute, or MISSING."""
        root, dot, rest = attribute.partition(".")
        value = self.roots.get(root, MISSING)
        if not dot or value is MISSING:
            return value
        if root == "headers":
            return value.get(header_name(rest), MISSING)
        return value.get(rest, MISSING) if root == "query" else read(value, rest)


def header_name(name: str) -> str:
    """The form in which header names are compared: case ignored, `-` and `_` alike."""
    return name.lower().replace("_", "-")


Test = Callable[[Found], bool]


@dataclass(frozen=True, slots=True)
class Failure:
    """The criterion that decided against a request."""

    path: str  # of the criterion in the definition
    attribute: str
    operator: str
    found: bool  # whether there was a value


class Compiled:
    """A filter tree, ready to evaluate."""

    __slots__ = ("_decide",)

    def __init__(self, decide: Callable[[Subject], Failure | None]) -> None:
        self._decide = decide

    def failure(self, subject: Subject) -> Failure | None:
        """None when it passes; otherwise the first criterion that kept it from passing."""
        return self._decide(subject)


def passes(_: Subject) -> Failure | None:
    return None


def compile_filter(node: Mapping[str, Any] | None, path: str = "filters") -> Compiled:
    """Prepare a stored tree (secrets in clear); None lets everything pass."""
    return Compiled(passes if node is None else compile_node(node, path))


def compile_node(node: Mapping[str, Any], path: str) -> Callable[[Subject], Failure | None]:
    for word, combine in (("all", all_of), ("any", any_of)):
        if word in node:
            return combine([compile_node(member, f"{path}.{word}.{i}") for i, member in enumerate(node[word])])
    return compile_criterion(node, path)


def all_of(members: list[Callable[[Subject], Failure | None]]) -> Callable[[Subject], Failure | None]:
    def decide(subject: Subject) -> Failure | None:
        for member in members:
            if (failure := member(subject)) is not None:
                return failure
        return None

    return decide


def any_of(members: list[Callable[[Subject], Failure | None]]) -> Callable[[Subject], Failure | None]:
    def decide(subject: Subject) -> Failure | None:
        first: Failure | None = None
        for member in members:
            if (failure := member(subject)) is None:
                return None
            first = first or failure
        return first

    return decide


def compile_criterion(node: Mapping[str, Any], path: str) -> Callable[[Subject], Failure | None]:
    attribute, operator, test = node["attribute"], node["operator"], test_of(node)

    def decide(subject: Subject) -> Failure | None:
        found = subject.find(attribute)
        return None if test(found) else Failure(path, attribute, operator, not found.absent)

    return decide


def test_of(node: Mapping[str, Any]) -> Test:
    """The test that a stored criterion makes of what its attribute reads."""
    return TESTS[Operator(node["operator"])](node.get("value"))


def same_text(left: str, right: str) -> bool:
    """Compared in constant time: the value may be a token."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def equals(wanted: Any) -> Test:
    text = text_form(wanted)
    return lambda found: not found.absent and same_text(found.text, text)


def compares(holds: Callable[[float, float], bool]) -> Callable[[Any], Test]:
    def prepare(wanted: Any) -> Test:
        limit = number_of(wanted)

        def test(found: Found) -> bool:
            number = number_of(found.value)
            return number is not None and limit is not None and holds(number, limit)

        return test

    return prepare


def contains(wanted: Any) -> Test:
    text = text_form(wanted)

    def test(found: Found) -> bool:
        if isinstance(found.value, str):
            return text in found.value
        return isinstance(found.value, list) and text in found.members

    return test


def one_of(wanted: Any) -> Test:
    texts = [text_form(item) for item in wanted]
    return lambda found: not found.absent and sum(same_text(found.text, text) for text in texts) > 0


def on_text(holds: Callable[[str, str], bool]) -> Callable[[Any], Test]:
    return lambda wanted: lambda found: isinstance(found.value, str) and holds(found.value, wanted)


def matches(wanted: Any) -> Test:
    pattern = re2.compile(wanted, OPTIONS)

    def test(found: Found) -> bool:
        value = found.value
        return isinstance(value, str) and len(value) <= MAX_MATCHED and pattern.search(value) is not None

    return test


def negated(prepare: Callable[[Any], Test]) -> Callable[[Any], Test]:
    def prepare_negated(wanted: Any) -> Test:
        test = prepare(wanted)
        return lambda found: not test(found)

    return prepare_negated


TESTS: dict[Operator, Callable[[Any], Test]] = {
    Operator.EXISTS: lambda _: lambda found: not found.absent,
    Operator.DOES_NOT_EXIST: lambda _: lambda found: found.absent,
    Operator.IS_EMPTY: lambda _: lambda found: is_empty(found.value),
    Operator.IS_NOT_EMPTY: lambda _: lambda found: not is_empty(found.value),
    Operator.EQUALS: equals,
    Operator.DOES_NOT_EQUAL: negated(equals),
    Operator.GREATER_THAN: compares(lambda a, b: a > b),
    Operator.GREATER_OR_EQUAL: compares(lambda a, b: a >= b),
    Operator.LESS_THAN: compares(lambda a, b: a < b),
    Operator.LESS_OR_EQUAL: compares(lambda a, b: a <= b),
    Operator.CONTAINS: contains,
    Operator.DOES_NOT_CONTAIN: negated(contains),
    Operator.STARTS_WITH: on_text(str.startswith),
    Operator.ENDS_WITH: on_text(str.endswith),
    Operator.IN: one_of,
    Operator.NOT_IN: negated(one_of),
    Operator.MATCHES: matches,
}
