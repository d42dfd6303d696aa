"""A subscription: which actions, under which condition, go to which site (manual 001 'Add actions', 004)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from schemas.definitions.filters import AllOf, AnyOf, Criterion, Node, filter_problems
from schemas.definitions.forms import Form, Name, PathsInvalid
from schemas.paths import path_problem

__all__ = ["CONDITION_ROOTS", "PLACEHOLDER", "Subscription"]

CONDITION_ROOTS = {"customer": False, "action": False, "data": True}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MAX_PATH = 2048  # characters
PLAIN_PLACEHOLDERS = ("id", "account", "customer", "action")


class Subscription(Form):
    """The definition. `actions` `["*"]` is every action; `path` is appended to the site's URL."""

    name: Name
    site_id: Annotated[str, Field(min_length=1)]
    actions: Annotated[list[str], Field(min_length=1, max_length=1000)]
    condition: Node | None = None
    path: Annotated[str, Field(max_length=MAX_PATH)] | None = None
    active: bool = True

    @field_validator("condition")
    @classmethod
    def _condition(cls, node: AllOf | AnyOf | Criterion | None) -> AllOf | AnyOf | Criterion | None:
        if node is not None and (problems := list(filter_problems(node, CONDITION_ROOTS))):
            raise PathsInvalid(problems)
        return node

    @field_validator("path")
    @classmethod
    def _path(cls, path: str | None) -> str | None:
        if path is None:
            return None
        if not path.startswith("/") or not path.isprintable() or not path.isascii() or set(" ?#") & set(path):
            raise ValueError("a path begins with / and has neither blanks, ? nor #, such as /customers/{customer}")
        for name in PLACEHOLDER.findall(path):
            root, _, rest = name.partition(".")
            if name not in PLAIN_PLACEHOLDERS and (root != "data" or path_problem(rest)):
                raise ValueError(f"{{{name}}} is none of {{id}}, {{account}}, {{customer}}, {{action}}, {{data.PATH}}")
        if set("{}") & set(PLACEHOLDER.sub("", path)):
            raise ValueError("a { has no }, or the other way round")
        return path
