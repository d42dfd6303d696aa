"""What libraries log: passed on, and a line that repeats only now and then."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import LogCapture

from streams.edges import library_logs
from streams.edges.library_logs import pass_on


@pytest.fixture
def lines() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    yield capture
    structlog.reset_defaults()


def test_a_line_that_repeats_is_written_once_in_ten_seconds_with_its_count(
    lines: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(library_logs, "steady", lambda: now[0])
    pass_on("some_library")
    logger = logging.getLogger("some_library.deep.inside")
    for second in range(25):
        now[0] = 100.0 + second
        logger.error("no broker at %s", "here")
    logger.info("not worth a line")
    said = [(line["event"], line["text"], line["left_out"]) for line in lines.entries]
    place = "some_library.deep.inside"
    assert said == [
        (place, "no broker at here", None),
        (place, "no broker at here", 9),
        (place, "no broker at here", 9),
    ]


def test_two_lines_do_not_hide_each_other(lines: LogCapture) -> None:
    pass_on("other_library")
    logger = logging.getLogger("other_library")
    logger.warning("one")
    logger.error("two")
    assert [(line["log_level"], line["text"]) for line in lines.entries] == [("warning", "one"), ("error", "two")]
