"""What holds for every page: accessible in both themes and widths, no sideways scrolling, usable when things fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.console.conftest import MakeContext
from tests.console.house import Account, ConsoleHouse
from tests.console.pages import PAGES, Shown, settled
from tests.console.watching import Watch

NARROW, WIDE = ViewportSize(width=360, height=780), ViewportSize(width=1440, height=900)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(each => {
  const box = each.getBoundingClientRect();
  const inline = each.matches('a, input[type=checkbox], input[type=radio]')
    && each.closest('p, li, dd, td, label, summary');
  return box.width && !inline && !each.closest('.visually-hidden, .skip, [inert]') && box.height < 24;
}).map(each => each.outerHTML.slice(0, 120))"""
UNREADABLE = """() => [...document.querySelectorAll('.badge')].filter(each => {
  const look = getComputedStyle(each);
  return !each.innerText.trim() || look.color === look.backgroundColor || parseFloat(look.borderTopWidth) < 1;
}).map(each => each.outerHTML.slice(0, 120))"""
MOVING = """() => [...document.querySelectorAll('*')].filter(each => {
  const { transitionDuration, animationDuration } = getComputedStyle(each);
  return parseFloat(transitionDuration) || parseFloat(animationDuration);
}).map(each => each.outerHTML.slice(0, 120))"""
every_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


@pytest.fixture
def shop(console: ConsoleHouse) -> Account:
    """The example account."""
    return Account(console, "shop")


@every_page
def test_every_page_is_accessible_in_both_themes_and_widths(page: Page, shop: Account, shown: Shown) -> None:
    page.goto(f"/a/shop{shown.path(shop)}")
    settled(page, shown.heading)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_focused()
    assert page.title() == f"{shown.heading} · shop · Hookline"
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        assert serious(page) == []
        page.emulate_media(color_scheme="dark")
        assert serious(page, runOnly=["color-contrast"]) == []  # what a theme can change
        page.emulate_media(color_scheme="light")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(MOVING) == []
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(SMALL) == []


def serious(page: Page, **options: object) -> list[tuple[str, list[str]]]:
    """What axe finds that is serious or critical: the rule, and where."""
    found = Axe().run(page, options=options).response["violations"]
    return [
        (each["id"], [node["html"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def test_a_slow_page_says_so_and_can_be_cancelled(page: Page) -> None:
    held: list[Route] = []
    page.route("**/v1/shop/webhook-log?*", lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    page.goto("/a/shop/out/log")
    expect(page.get_by_text("Still waiting")).to_be_visible()
    expect(page.locator("main[aria-busy=true]")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You stopped waiting.")).to_be_visible()
    page.unroute("**/v1/shop/webhook-log?*")
    page.get_by_role("button", name="Load again").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_when_nobody_answers_the_rows_stay_and_it_comes_back_by_itself(page: Page, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    page.goto("/a/shop/out/log")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Time", exact=True).select_option("-7d")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("tbody tr").first).to_be_visible()


def test_an_error_shows_what_was_wrong_and_retries(page: Page, watch: Watch) -> None:
    watch.allow("500")
    problem = {"title": "Something went wrong here", "detail": "this is a fault of ours", "status": 500}
    page.route("**/v1/shop/webhook-log?*", lambda route: route.fulfill(status=500, json=problem))
    page.goto("/a/shop/out/log")
    expect(page.get_by_role("alert")).to_contain_text("this is a fault of ours")
    page.unroute("**/v1/shop/webhook-log?*")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_a_block_of_home_fails_alone(page: Page, watch: Watch) -> None:
    watch.allow("500")
    page.route("**/v1/shop/queue/summary*", lambda route: route.fulfill(status=500, json={"title": "Broken"}))
    page.goto("/a/shop/")
    expect(page.get_by_role("alert")).to_contain_text("Broken")
    expect(page.get_by_text("POST /webhooks/custom/shop/endpoint2").first).to_be_visible()


def test_a_wrong_url_leads_home(page: Page) -> None:
    page.goto("/a/shop/no/such/page")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    page.locator("main").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1, name="Home")).to_be_visible()


def test_one_key_puts_every_time_into_the_other_zone(make_context: MakeContext, console: ConsoleHouse) -> None:
    page = make_context(console.operator_key, timezone_id="Europe/Berlin").new_page()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start, end = ((now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (-1, 2))
    page.goto(f"/a/shop/out/log?from={start}&to={end}&status=done")
    settled(page, "Outgoing log")
    chart, times = page.locator(".histogram"), page.locator("main time")
    expect(chart.locator("svg[tabindex]")).to_be_visible()
    before = [*times.all_inner_texts(), chart.locator(".legend span").first.inner_text()]
    page.locator("h1").focus()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Europe/Berlin")).to_be_visible()
    expect(times.first).not_to_have_text(before[0])
    after = [*times.all_inner_texts(), chart.locator(".legend span").first.inner_text()]
    assert len(before) == len(after) > 1
    assert not set(before) & set(after)
    page.goto("/a/shop/out/log?from=2026-10-24T22:00:00Z&to=2026-10-26T12:00:00Z")
    expect(page.get_by_label("From, Europe/Berlin")).to_have_value("2026-10-25T00:00")
    page.get_by_label("to, Europe/Berlin").fill("2026-10-26T00:00:00")  # the clock goes back on that day
    page.get_by_label("to, Europe/Berlin").press("Tab")
    page.wait_for_url("**to=2026-10-25T23*")
    chart.get_by_text("Show as table").click()
    expect(chart.locator("tbody tr")).to_have_count(25 * 3)  # 20 minutes each
    expect(chart.get_by_role("cell", name="2026-10-25 02:00:00.000 local")).to_have_count(2)


def test_how_far_the_view_is_behind_is_said(page: Page) -> None:
    def late(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"stale": True, "as_of": "2026-11-24T00:00:00.000Z"})

    page.clock.set_fixed_time("2026-11-24T00:00:14Z")
    page.route("**/v1/shop/webhook-log?*", late)
    page.goto("/a/shop/out/log?from=2026-01-01T00:00:00Z")
    expect(page.get_by_text("the view is 14 s behind the log")).to_be_visible()
    page.clock.set_fixed_time("2026-11-24T00:00:16Z")
    expect(page.get_by_text("the view is 16 s behind the log")).to_be_visible()
    expect(page.get_by_role("heading", name="Attempts, per day")).to_be_visible()  # the range is long


def test_the_page_of_the_api_is_readable_in_both_themes_and_on_a_phone(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/docs")
    expect(page.locator("nav a").first).to_have_css("color", "rgb(11, 87, 183)")  # the console's colours, by theme
    page.emulate_media(color_scheme="dark")
    expect(page.locator("nav a").first).to_have_css("color", "rgb(125, 180, 255)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 21, 26)")
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("navigation").get_by_role("link", name="Figures").click()
    expect(page.get_by_role("heading", name="Figures")).to_be_in_viewport()


def test_rows_are_walked_by_keys(page: Page) -> None:
    page.goto("/a/shop/in/log")
    settled(page, "Incoming log")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr").nth(1).locator("a")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("tbody tr").nth(0).locator("a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next and previous row")
