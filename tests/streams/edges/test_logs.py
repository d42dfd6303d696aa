"""Lines that are written together say what the others say, in the same form."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from schemas.settings import Settings
from streams.edges import logs

PAIRS: dict[str, Any] = {
    "delivery_id": "dlv_1",
    "site": "the till",
    "code": 200,
    "error": None,
    "ms": 1.5,
    "who": "Zoë",
}
TIME = re.compile(rb"[0-9T:.-]{12,26}Z?")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_is_as_any_other(form: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    settings, out = Settings(log_format=form, log_level="INFO"), io.BytesIO()
    logs.configure(settings)
    structlog.get_logger("courier").info("attempt", **PAIRS)
    lines = logs.Lines(settings, out)
    lines.info("attempt", PAIRS)
    lines.info("attempt", PAIRS)
    assert out.getvalue() == b""
    lines.flush()
    said = TIME.sub(b"TIME", capfdbinary.readouterr().err)
    assert b"dlv_1" in said
    assert TIME.sub(b"TIME", out.getvalue()) == 2 * said
    lines.flush()
    assert out.getvalue().count(b"\n") == 2


def test_a_level_above_leaves_them_out() -> None:
    lines = logs.Lines(Settings(log_level="WARNING"), out := io.BytesIO())
    lines.info("attempt", PAIRS)
    lines.flush()
    assert not lines.shown
    assert out.getvalue() == b""
