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
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schemas.errors import HooklineError

__all__ = ["ConfigurationFile", "FileUnusable", "read_file"]

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\$\{")
LARGEST = 4 * 1024 * 1024  # bytes


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
        FileUnusable: it cannot be read, is not YAML, or names a variable that is not set.
    """
    tree = parsed(path)
    if not isinstance(tree, CommentedMap):
        raise FileUnusable(f"{path}: begin with `account: NAME`; this is not a mapping")
    account = tree.get("account")
    if not isinstance(account, str):
        raise FileUnusable(f"{path}: account: name the account, such as `account: shop`")
    return ConfigurationFile(path, account, plain(tree, path, ()), tree)


def parsed(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnusable(f"{path} cannot be read: {error}") from None
    if len(text) > LARGEST:
        raise FileUnusable(f"{path} has more than {LARGEST:,} characters")
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileUnusable(f"{path}:{line}: not YAML: {first_line(error.problem)}") from None
    except YAMLError as error:
        raise FileUnusable(f"{path}: not YAML: {first_line(str(error))}") from None


def first_line(text: str | None) -> str:
    return (text or "it cannot be read").strip().splitlines()[0]


def plain(value: Any, path: Path, way: tuple[str, ...]) -> Any:
    """Plain JSON values of ruamel's, variables filled in."""
    if isinstance(value, dict):
        return {str(key): plain(item, path, (*way, str(key))) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, path, (*way, str(index))) for index, item in enumerate(value)]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, str):
        return filled(str(value), path, way)
    raise FileUnusable(f"{path}: {'.'.join(way)}: put this {type(value).__name__} in quotes; JSON has no such value")


def filled(text: str, path: Path, way: tuple[str, ...]) -> str:
    """The text with `${NAME}` replaced; `$${` is a plain `${`."""

    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            return "${"
        found = os.environ.get(match[1])
        if found is None:
            raise FileUnusable(f"{path}: {'.'.join(way)}: the environment has no {match[1]}; set it, or write $${{")
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
