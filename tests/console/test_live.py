"""A live log: newest on top, waiting while somebody reads, kept when stopped, no gap and no copy over a restart."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.house import Account
from tests.console.pages import settled
from tests.console.watching import Watch


def test_rows_come_by_themselves_wait_while_one_is_read_and_stay_when_stopped(page: Page, account: Account) -> None:
    account.site("crm")
    account.event(customer="c-1")
    account.rows("/webhook-log", 1, status="done")
    page.goto(f"/a/{account.name}/out/log")
    settled(page, "Outgoing log")
    page.keyboard.press("l")
    expect(page.get_by_text("Live", exact=True)).to_have_count(2)  # beside the button, and to readers
    account.event(customer="c-2")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("c-2")
    rows.nth(1).locator("a").focus()
    account.event(customer="c-3")
    page.get_by_role("button", name="1 new").click()
    expect(rows.first).to_contain_text("c-3")
    page.get_by_label("Add a filter").select_option("customer")
    typed = page.locator("#filter-customer")
    typed.fill("c-")
    account.event(customer="c-4")
    expect(rows.first).to_contain_text("c-4")
    expect(typed).to_have_value("c-")  # a row that comes takes nothing away from who types
    typed.fill("")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Live")).to_be_visible()
    expect(rows).to_have_count(4)
    gap = 'event: gap\ndata: {"skipped": 7}\n\n'
    page.route("**/webhook-log/stream*", lambda route: route.fulfill(body=gap, content_type="text/event-stream"))
    page.get_by_role("button", name="Live").click()
    expect(page.get_by_text("7 rows were not shown").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()


def test_a_restart_of_the_gateway_leaves_no_gap_and_brings_nothing_twice(
    page: Page, account: Account, watch: Watch
) -> None:
    watch.allow("ERR_", "status of 503", "^503")
    hookline = account.house.hookline
    account.site("crm")
    page.goto(f"/a/{account.name}/out/log")
    settled(page, "Outgoing log")
    page.get_by_role("button", name="Live").click()
    account.event(customer="before")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    hookline.kill("gateway")
    hookline.start("gateway")
    account.event(customer="after")
    expect(rows).to_have_count(2)
    account.event(customer="later")
    expect(rows).to_have_count(3)
    assert [row.split("\t")[0] for row in rows.locator("td:nth-child(5)").all_inner_texts()] == [
        "later",
        "after",
        "before",
    ]
