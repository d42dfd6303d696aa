"""Every sentence in docs/log.md has its proof: each test that is named there exists."""

from __future__ import annotations

import pytest

from tests.docs.proofs import check_row, page, rows_of

ROWS = rows_of(page("log.md"))


def test_there_is_a_row_for_each_sentence_and_each_manual() -> None:
    assert len(ROWS) > 25
    assert {manual for row in ROWS for manual in row[0].split(", ")} == {"000", "001", "002", "003", "004"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_a_sentence_is_proved_by_tests_that_exist(row: list[str]) -> None:
    check_row(row)
