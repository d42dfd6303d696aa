"""Every sentence in docs/outgoing.md has its proof: each test that is named there exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "outgoing.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in PAGE.splitlines()
    if re.match(r"\| 00\d", line)
]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def named_in(path: str) -> frozenset[str]:
    """The tests that a file has."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_there_is_a_row_for_each_sentence_and_each_manual() -> None:
    assert len(ROWS) > 50
    assert {manual for row in ROWS for manual in row[0].split(", ")} == {"000", "001", "004"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_a_sentence_is_proved_by_tests_that_exist(row: list[str]) -> None:
    _manual, sentence, here, proof = row
    assert sentence
    assert here
    named = PROOF.findall(proof)
    assert proof.count("`") == 2 * len(named) > 0, "every proof is the name of a test"
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in named_in(path), f"{path}::{name}"
