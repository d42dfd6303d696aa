"""An incoming webhook: which requests count, what event they become, what the caller is told (manuals 002, 003)."""

from __future__ import annotations

import ast
import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from schemas.definitions.filters import AllOf, AnyOf, Criterion, Node, attribute_problem, filter_problems
from schemas.definitions.forms import Duration, Form, Name, PathsInvalid, State
from schemas.definitions.verification import NoVerification, Verification
from schemas.durations import parse_duration
from schemas.paths import path_problem

__all__ = ["FILTER_ROOTS", "Deduplicate", "IncomingWebhook", "Mapping", "Replacement"]

FILTER_ROOTS = {"headers": True, "query": True, "method": False, "path": False, "body": True}
COPY_ROOTS = {"headers": True, "body": True}
LONGEST_WINDOW = 90 * 86400  # seconds; the log knows no more
MAX_MAPPINGS = 200
PLAIN_TARGETS = ("customer", "account", "id", "timestamp")


class Replacement(Form):
    """A value whose text form is that of `value` becomes `with`."""

    value: str | int | float | bool
    with_: Annotated[Any, Field(alias="with")]


class Mapping(Form):
    """One field of the event: read `from`, replace, default. Without `from`, `default` is a constant."""

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str
    default: Any = None
    replace: list[Replacement] = Field([])

    @field_validator("from_")
    @classmethod
    def _from(cls, path: str | None) -> str | None:
        if path is not None and (problem := path_problem(path.removeprefix("body."))):
            raise ValueError(problem)
        return path

    @field_validator("to")
    @classmethod
    def _to(cls, target: str) -> str:
        root, _, rest = target.partition(".")
        if target not in PLAIN_TARGETS and (root != "data" or path_problem(rest)):
            raise ValueError(f"{target!r} is none of {', '.join(PLAIN_TARGETS)} and data.PATH")
        return target

    @model_validator(mode="after")
    def _has_a_source(self) -> Mapping:
        if self.from_ is None and self.default is None:
            raise ValueError("give a path to read in `from`, or a constant in `default`")
        return self


def bounded(text: str) -> str:
    """How long copies are known."""
    if not 1 <= parse_duration(text) <= LONGEST_WINDOW:
        raise ValueError("a window is from 1s to 2160h")
    return text


class Deduplicate(Form):
    """A value of the header or the body tells copies of a request; within `window` they are one event."""

    attribute: str
    window: Annotated[Duration, AfterValidator(bounded)] = "72h"

    @field_validator("attribute")
    @classmethod
    def _attribute(cls, attribute: str) -> str:
        if problem := attribute_problem(attribute, COPY_ROOTS):
            raise ValueError(problem)
        return attribute


def message(value: Any) -> Any:
    """A configured answer: any JSON but a text that was meant to be an object or array."""
    if not isinstance(value, str) or value.strip()[:1] not in ("{", "["):
        return value
    raise ValueError(f"this is a text that looks like JSON; give the JSON itself: {corrected(value)}")


WORDS = {"true": "True", "false": "False", "null": "None"}
TOKENS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b""", re.DOTALL)


def corrected(text: str) -> str:
    """The JSON that a text with single quotes, or with Python's or JSON's words, was meant to be."""
    as_python = TOKENS.sub(lambda token: WORDS.get(token[0], token[0]), text.strip())
    for read, candidate in ((json.loads, text), (ast.literal_eval, as_python)):
        try:
            return json.dumps(read(candidate), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return '{"ok":true}, for example'


Answer = Annotated[Any, AfterValidator(message)]
Endpoint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class IncomingWebhook(Form):
    """The definition. `filters` null lets everything pass."""

    name: Name
    method: Literal["POST", "PUT"] = "POST"
    endpoint: Endpoint
    state: Annotated[State, Field(strict=False)] = State.INACTIVE
    filters: Node | None = None
    action: str
    mapping: list[Mapping] = Field([], max_length=MAX_MAPPINGS)
    success_response: Answer = None
    error_response: Answer = None
    on_filtered: Literal["reject", "accept"] = "reject"
    deduplicate: Deduplicate | None = None
    verification: Verification = NoVerification()

    @field_validator("filters")
    @classmethod
    def _filters(cls, node: AllOf | AnyOf | Criterion | None) -> AllOf | AnyOf | Criterion | None:
        if node is not None and (problems := list(filter_problems(node, FILTER_ROOTS))):
            raise PathsInvalid(problems)
        return node

    @field_validator("mapping")
    @classmethod
    def _targets(cls, mapping: list[Mapping]) -> list[Mapping]:
        targets = [item.to for item in mapping]
        for first, second in ((a, b) for i, a in enumerate(targets) for b in targets[:i]):
            if first == second or first.startswith(f"{second}.") or second.startswith(f"{first}."):
                raise ValueError(f"{second} and {first} are written to one place")
        return mapping
