"""Lines that may come by the thousand are written now and then, and counted."""

from __future__ import annotations

import pytest
import structlog

from streams.edges.seldom import Seldom


def test_one_line_of_a_kind_is_written_in_ten_seconds_and_the_others_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr("streams.edges.seldom.steady", lambda: now[0])
    seldom = Seldom()
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            seldom.warning("rejected", kind="malformed", origin="a/0/1")
        seldom.warning("rejected", kind="unknown_action", origin="a/0/2")
        now[0] += 10
        seldom.warning("rejected", kind="malformed", origin="a/0/3")
    assert [(line["origin"], line["left_out"]) for line in lines] == [("a/0/1", None), ("a/0/2", None), ("a/0/3", 4)]
