"""What the tests of incoming webhooks share: where things are on their pages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, Route

from tests.console.house import Account
from tests.console.pages import settled

__all__ = ["criterion", "mapped", "opened", "saved", "waited"]


def opened(page: Page, account: Account, made: dict[str, Any], tab: str = "") -> None:
    """The page of a webhook."""
    page.goto(f"/a/{account.name}/in/{made['id']}{tab and f'?tab={tab}'}")
    settled(page, made["name"])


def criterion(page: Page, attribute: str) -> Locator:
    """One line of the filter tree."""
    return page.get_by_role("group", name=f"Criterion {attribute}", exact=True)


def mapped(page: Page, target: str) -> Locator:
    """One line of the mapping."""
    return page.get_by_role("group", name=f"Mapping to {target}", exact=True)


def saved(account: Account, made: dict[str, Any]) -> dict[str, Any]:
    """What the API has of it."""
    found: dict[str, Any] = account.call("GET", f"/incoming-webhooks/{made['id']}")
    return found


def waited(page: Page, held: list[Route], count: int) -> bool:
    """Whether so many requests are held back."""
    page.evaluate("() => 1")  # lets what came in be handled
    return len(held) >= count
