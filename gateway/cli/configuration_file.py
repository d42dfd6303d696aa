"""Reads a configuration file: YAML 1.2, where only true and false are booleans, with `${NAME}` from the environment.

Every wrong place is told by file, line and path: those of YAML itself here, those of its content by `place`.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from gateway.cli.configuration_text import END, ENDS
from schemas.definitions.accounts import account_problem
from schemas.errors import FieldInvalid, HooklineError

__all__ = ["ConfigurationFile", "FileUnusable", "read_file"]

VARIABLE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
KEY_TWICE = re.compile(r'found duplicate key "(.*?)" with value')
LARGEST = 4 * 1024 * 1024  # bytes
MOST = 1_000_000  # values, with what aliases stand for


class FileUnusable(HooklineError):
    """A configuration file cannot be read; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """A file's content as plain values, and where each of them stands."""

    path: Path
    account: str
    content: dict[str, Any]
    tree: Any

    def place(self, path: str) -> str:
        """`file:line: path` of the nearest place to a dotted path."""
        line = line_of(self.tree, path.split(".") if path else [])
        return f"{self.path}:{line}: {path}" if path else f"{self.path}:{line}"


def read_file(path: Path) -> ConfigurationFile:
    """The file.

    Raises:
        FileUnusable: it cannot be read, is not YAML, names no account, or a variable that is not set.
    """
    tree = parsed(path)
    if not isinstance(tree, CommentedMap):
        raise FileUnusable(f"{path}: begin with `account: NAME`; this is not a mapping")
    if unfolds_to_more(tree, MOST):
        raise FileUnusable(f"{path}: its aliases (`*name`) unfold to more than {MOST:,} values")
    try:
        content = plain(tree, ())
        return ConfigurationFile(path, account_of(content), content, tree)
    except FieldInvalid as error:
        line = line_of(tree, error.path.split("."))
        raise FileUnusable(f"{path}:{line}: {error}") from None


def account_of(content: dict[str, Any]) -> str:
    account = content.get("account")
    if not isinstance(account, str):
        raise FieldInvalid("account", "name the account, such as `account: shop`")
    if problem := account_problem(account):
        raise FieldInvalid("account", problem)
    return account


def parsed(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnusable(f"{path} cannot be read: {error}") from None
    if len(text) > LARGEST:
        raise FileUnusable(f"{path} has more than {LARGEST:,} characters")
    lines = text.splitlines()
    if ENDS in lines and END not in lines:
        raise FileUnusable(
            f"{path} was cut off: its last line `{END}` is missing; take a whole copy, or export it again"
        )
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(text)
    except DuplicateKeyError as error:  # its own words repeat the values, which may be secrets
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        key = KEY_TWICE.search(error.problem or "")
        raise FileUnusable(f"{path}:{line}: {f'the key {key[1]!r}' if key else 'a key'} stands twice") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileUnusable(f"{path}:{line}: not YAML: {first_line(error.problem)}") from None
    except YAMLError as error:
        raise FileUnusable(f"{path}: not YAML: {first_line(str(error))}") from None


def unfolds_to_more(tree: Any, most: int) -> bool:
    """Whether there are more values than this, each alias counted as what it stands for."""
    waiting, count = [tree], 0
    while waiting and count <= most:
        value = waiting.pop()
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += 1 + len(inside)
        waiting.extend(each for each in inside if isinstance(each, dict | list))
    return count > most


def first_line(text: str | None) -> str:
    return (text or "it cannot be read").strip().splitlines()[0]


def plain(value: Any, way: tuple[str, ...]) -> Any:
    """Plain JSON values of ruamel's, variables filled in."""
    if isinstance(value, dict):
        return {str(key): plain(item, (*way, str(key))) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, (*way, str(index))) for index, item in enumerate(value)]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, str):
        return filled(str(value), way)
    raise FieldInvalid(".".join(way), f"put this {type(value).__name__} in quotes; JSON has no such value")


def filled(text: str, way: tuple[str, ...]) -> str:
    """The text with `${NAME}` replaced; `$${` is a plain `${`."""

    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            return "${"
        if not match[2] or not NAME.fullmatch(match[1]):
            raise FieldInvalid(
                ".".join(way), f"{match[0]} is not the name of a variable; write ${{NAME}}, or $${{ for the text ${{"
            )
        found = os.environ.get(match[1])
        if found is None:
            raise FieldInvalid(
                ".".join(way),
                f"the environment variable {match[1]} is not set: export it; or, for the text as it is here, "
                f"write $${{{match[1]}}}",
            )
        return found

    return VARIABLE.sub(value, text)


def line_of(tree: Any, way: list[str]) -> int:
    """The line, from 1, of the deepest place on the way that is in the file."""
    line = 1
    for part in way:
        if isinstance(tree, CommentedMap) and part in tree:
            line = tree.lc.key(part)[0] + 1
            tree = tree[part]
        elif isinstance(tree, CommentedSeq) and part.isdigit() and int(part) < len(tree):
            line = tree.lc.item(int(part))[0] + 1
            tree = tree[int(part)]
        else:
            break
    return line
