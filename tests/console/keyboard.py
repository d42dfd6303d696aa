"""A person without a mouse: goes on by Tab, presses, fills; each press and each filled field is a step."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

__all__ = ["Keyboard"]

MOST = 200  # presses of Tab; there is no page with more to stop at
IS_FOCUSED = "each => each === document.activeElement"


class Keyboard:
    """`steps` are counted as the design counts them: one press of something, or one field filled."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps = 0

    def to(self, place: Locator) -> None:
        """Go there by Tab alone."""
        expect(place).to_be_visible()
        for _ in range(MOST):
            if place.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{place} cannot be reached by Tab")

    def press(self, place: Locator) -> None:
        """Follow a link, press a button."""
        self.to(place)
        self.page.keyboard.press("Enter")
        self.steps += 1

    def fill(self, place: Locator, text: str) -> None:
        """Write into a field in place of what is there, and leave it."""
        self.to(place)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")
        self.steps += 1

    def choose(self, place: Locator, words: str) -> None:
        """Choose from a list by the beginning of its words."""
        self.to(place)
        self.page.keyboard.type(words)
        self.steps += 1
