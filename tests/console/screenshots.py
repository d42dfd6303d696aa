"""`make screenshots`: every page, light and dark, wide and narrow, into build/screenshots; not part of `make test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.conftest import MakeContext
from tests.console.house import Account, ConsoleHouse
from tests.console.pages import PAGES, Shown, settled

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"1440": {"width": 1440, "height": 900}, "360": {"width": 360, "height": 780}}


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_screenshot(make_context: MakeContext, console: ConsoleHouse, shown: Shown, theme: str, size: str) -> None:
    page = make_context(console.operator_key, color_scheme=theme, viewport=SIZES[size]).new_page()
    page.goto(f"/a/shop{shown.path(Account(console, 'shop'))}")
    settled(page, shown.heading)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{shown.name}-{theme}-{size}.png", full_page=True)
