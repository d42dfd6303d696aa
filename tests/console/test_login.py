"""Logging in and out: by key, by link, after the session has ended."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.conftest import MakeContext
from tests.console.house import ConsoleHouse
from tests.console.pages import set_filter

STORES = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"


def log_in(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Log in").click()


def test_a_wrong_key_is_said_and_brings_no_cookie(visitor: Page) -> None:
    visitor.goto("/a/shop/")
    log_in(visitor, "hk_wrong")
    expect(visitor.get_by_role("alert")).to_contain_text("not known here")
    assert visitor.context.cookies() == []
    expect(visitor.get_by_label("API key")).to_be_focused()


def test_a_right_key_brings_a_cookie_that_no_script_reads_and_the_key_is_kept_nowhere(
    visitor: Page, console: ConsoleHouse
) -> None:
    visitor.goto("/")
    log_in(visitor, console.operator_key)
    expect(visitor.get_by_role("heading", level=1, name="Home")).to_be_visible()
    (cookie,) = visitor.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    kept = visitor.evaluate(STORES)
    assert console.operator_key not in kept
    assert console.operator_key not in visitor.content()


def test_an_ended_session_leads_to_the_login_and_back_to_the_same_page(page: Page, console: ConsoleHouse) -> None:
    page.goto("/a/shop/out/log?status=done&from=-1h")
    expect(page.get_by_text("1 match.")).to_be_visible()
    page.context.clear_cookies()
    set_filter(page, "status", "resent")
    expect(page.get_by_label("API key")).to_be_visible()
    log_in(page, console.operator_key)
    page.wait_for_url("**/a/shop/out/log?status=resent&from=-1h")
    expect(page.get_by_role("heading", level=1, name="Outgoing log")).to_be_visible()


def test_a_login_link_logs_in_once(visitor: Page, make_context: MakeContext, console: ConsoleHouse) -> None:
    done = console.hookline.command("console")
    link = done.stdout.decode().strip()
    assert "/login#t=" in link
    visitor.goto(link)
    expect(visitor.get_by_role("heading", level=1, name="Home")).to_be_visible()
    assert "#t=" not in visitor.url
    other = make_context().new_page()
    other.goto(link)
    expect(other.get_by_role("alert")).to_contain_text("used already")


def test_logging_out_ends_it(page: Page) -> None:
    page.goto("/a/shop/")
    page.get_by_text("operator", exact=True).click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("API key")).to_be_visible()
    assert page.context.cookies() == []
    page.goto("/a/shop/out/log")
    expect(page.get_by_label("API key")).to_be_visible()


def test_a_write_with_the_cookie_needs_the_console(page: Page) -> None:
    page.goto("/a/shop/")
    tried = page.evaluate("fetch('/v1/accounts/by-cookie', {method: 'PUT'}).then(answer => answer.status)")
    assert tried == 403
    marked = {"headers": {"X-Hookline-Console": "1"}, "method": "PUT"}
    assert page.evaluate("(o) => fetch('/v1/accounts/by-cookie', o).then(a => a.status)", marked) == 201


def test_an_account_of_others_looks_like_none(make_context: MakeContext, console: ConsoleHouse) -> None:
    mine, theirs = console.account(), console.account()
    page = make_context(mine.key()).new_page()
    shown = []
    for name in (theirs.name, "no-such-account"):
        page.goto(f"/a/{name}/out/log")
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        shown.append(page.locator("main").inner_text().replace(name, ""))
    assert shown[0] == shown[1]
