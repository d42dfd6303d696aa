"""Every page of the console, for the tests and the screenshots that go over all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.console.house import Account

__all__ = ["PAGES", "Shown", "evaluate", "set_filter", "settled"]


@dataclass(frozen=True)
class Shown:
    """One page: its path under `/a/{account}`, made from what the account has, and its heading."""

    name: str
    path: Callable[[Account], str]
    heading: str


def newest(path: str, link: str) -> Callable[[Account], str]:
    """The page of the newest row of a list."""
    return lambda account: f"{link}/{account.rows(path, 1)[0]['id']}"


def named(account: Account, name: str, path: str = "/incoming-webhooks") -> str:
    """The id of an incoming webhook, or another thing that has a name."""
    return next(str(each["id"]) for each in account.rows(path, 1) if each["name"] == name)


EVERYTHING = "everything to the receiver"  # the subscription of the example
PAGES = (
    Shown("home", lambda _: "/", "Home"),
    Shown("outgoing-log", lambda _: "/out/log", "Outgoing log"),
    Shown("attempt", newest("/webhook-log", "/out/log"), "Attempt"),
    Shown("events", lambda _: "/events", "Events"),
    Shown("trace", newest("/events", "/events"), "Trace"),
    Shown("customer", lambda _: "/customers/c-1042", "Customer c-1042"),
    Shown("settings", lambda _: "/settings", "Settings"),
    Shown("system", lambda _: "/ops", "System"),
    Shown("delivery", lambda shop: f"/out/deliveries/{shop.rows('/webhook-log', 1)[0]['delivery_id']}", "Delivery"),
    Shown("queue", lambda _: "/out/queue", "Queue"),
    Shown("resends", lambda _: "/resends", "Resends"),
    Shown("rejected", lambda _: "/rejected", "Rejected records"),
    Shown("rejected-record", newest("/rejected", "/rejected"), "Rejected record"),
    Shown("incoming-webhooks", lambda _: "/in", "Incoming webhooks"),
    Shown("incoming-new", lambda _: "/in/new", "New incoming webhook"),
    Shown("incoming-webhook", lambda shop: f"/in/{named(shop, 'Point add')}", "Point add"),
    Shown("sites", lambda _: "/sites", "Trusted sites"),
    Shown("site", lambda shop: f"/sites/{named(shop, 'receiver', '/sites')}", "receiver"),
    Shown("site-settings", lambda shop: f"/sites/{named(shop, 'receiver', '/sites')}?tab=settings", "receiver"),
    Shown("subscriptions", lambda _: "/subscriptions", "Subscriptions"),
    Shown("subscription", lambda shop: f"/subscriptions/{named(shop, EVERYTHING, '/subscriptions')}", EVERYTHING),
    Shown("incoming-log", lambda _: "/in/log", "Incoming log"),
    Shown("request", newest("/incoming-log", "/in/log"), "Request"),
)


def settled(page: Page, heading: str) -> None:
    """Wait until the page stands: its heading is there, nothing is under way."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    expect(page.locator("main[aria-busy=false]")).to_be_visible()
    expect(page.locator(".skeleton, .dimmed")).to_have_count(0)


def set_filter(page: Page, name: str, value: str) -> None:
    """Set a filter as a person does: add it where it is not there, then choose or type."""
    control = page.locator(f"#filter-{name}")
    if not control.count():
        page.get_by_label("Add a filter").select_option(name)
    if control.evaluate("each => each.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
        control.press("Enter")


def evaluate(page: Page, module: str, function: str, argument: Any = None) -> Any:
    """What a function makes of one of the console's modules: `evaluate(page, "js/lib/json.js", "m => m.tree('1')")`."""
    base = re.search(r"/assets/\w+", page.context.request.get("/").text())
    assert base is not None
    script = f"async argument => ({function})(await import('{base.group()}/{module}'), argument)"
    return page.evaluate(script, argument)
