"""Pages that say sentence by sentence what manuals promise, and which tests prove it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

__all__ = ["ROOT", "check_row", "page", "rows_of"]

ROOT = Path(__file__).parents[2]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def page(name: str) -> str:
    """A document."""
    return (ROOT / "docs" / name).read_text("utf-8")


def rows_of(text: str) -> list[list[str]]:
    """The rows that a manual begins: manual, sentence, what it is here, proof."""
    lines = (line for line in text.splitlines() if re.match(r"\| 00\d", line))
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@cache
def named_in(path: str) -> frozenset[str]:
    """The tests that a file has."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def check_row(row: list[str]) -> None:
    """Every test that a row names exists, and it names one."""
    _manual, sentence, here, proof = row
    assert sentence
    assert here
    named = PROOF.findall(proof)
    assert proof.count("`") == 2 * len(named) > 0, "every proof is the name of a test"
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in named_in(path), f"{path}::{name}"
