"""Many messages again with a frozen count, stopped half way; two attempts of one message compared."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.house import Account
from tests.console.pages import settled


def failed(account: Account, count: int, *sites: str) -> None:
    """So many messages of the site crm, or of each of these, have failed for good."""
    for site in sites or ("crm",):
        account.site(site, retry_delays=[])
        account.answers(site, 503)
    for number in range(count):
        account.event(customer=f"c-{number}")
    account.rows("/webhook-log", count * len(sites or ("crm",)), status="failed")


def test_what_was_counted_is_sent_and_nothing_else(page: Page, account: Account) -> None:
    failed(account, 3)
    account.site("mail", retry_delays=[])
    sent = len(account.house.receiver.at(f"/{account.name}/mail"))
    (crm,) = (site["id"] for site in account.call("GET", "/sites")["items"] if site["name"] == "crm")
    page.goto(f"/a/{account.name}/out/log?status=failed&site_id={crm}")
    settled(page, "Outgoing log")
    page.get_by_role("button", name="Resend what matches").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 messages as of")
    expect(dialog).to_contain_text("Tried last from")
    expect(dialog).to_contain_text("crm")
    account.event(customer="late")
    account.rows("/webhook-log", 1, status="failed", customer="late")
    account.answers("crm", 200)
    dialog.get_by_role("button", name="Resend 3").click()
    settled(page, "Resend")
    expect(page.locator("main")).to_contain_text("3 of 3 sent")
    expect(page.locator("main")).to_contain_text("status failed, site crm")
    rows = account.rows("/webhook-log", 3, trigger="bulk", status="done")
    assert {row["customer"] for row in rows} == {"c-0", "c-1", "c-2"}
    assert len(account.house.receiver.at(f"/{account.name}/mail")) == sent + 1  # of the late event alone
    page.get_by_role("link", name="What became of them").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_what_is_ticked_is_sent_again_and_the_figures_above_choose_the_range(page: Page, account: Account) -> None:
    failed(account, 3)
    account.answers("crm", 200)
    page.goto(f"/a/{account.name}/out/log?status=failed")
    settled(page, "Outgoing log")
    figures = page.locator(".histogram svg[tabindex]")
    box = figures.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 50, box["y"] + 20)  # outside of it, where a hand ends up
    page.mouse.up()
    page.wait_for_url("**/out/log?status=failed&from=*&to=*")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    rows.filter(has_text="c-0").get_by_role("checkbox").check()
    rows.filter(has_text="c-2").locator("a").focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Resend the 2 ticked").click()
    page.get_by_role("dialog").get_by_role("button", name="Resend 2").click()
    settled(page, "Resend")
    expect(page.locator("main")).to_contain_text("2 of 2 sent")
    sent = account.rows("/webhook-log", 2, trigger="bulk", status="done")
    assert {row["customer"] for row in sent} == {"c-0", "c-2"}
    page.goto(f"/a/{account.name}/out/log?customer=c-1")
    expect(rows).to_have_count(1)
    expect(figures).to_have_count(0)  # they are of more than what is listed
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Name these filters").fill("the <b>first</b>")
    page.get_by_role("button", name="Keep").click()
    page.goto(f"/a/{account.name}/out/log")
    settled(page, "Outgoing log")
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="the <b>first</b>").click()
    page.wait_for_url("**/out/log?customer=c-1")


def test_a_resend_is_paused_and_stopped_half_way_and_a_reload_shows_the_same(page: Page, account: Account) -> None:
    failed(account, 8, "crm", "mail", "till", "desk")  # at one a second there is time enough to stop it
    for site in ("crm", "mail", "till", "desk"):
        account.answers(site, 200)
    page.goto(f"/a/{account.name}/out/log?status=failed")
    page.get_by_role("button", name="Resend what matches").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Messages a second").fill("1")
    dialog.get_by_role("button", name="Resend 32").click()
    settled(page, "Resend")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("main .badge").first).to_have_text("Paused")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    expect(page.locator("main .badge").first).to_have_text("Cancelled")
    shown = page.locator("main p").first.inner_text()
    page.reload()
    expect(page.locator("main p").first).to_have_text(shown)
    resend = account.call("GET", "/resends")["items"][0]
    assert resend["sent"] + int(shown.split(", ")[1].split(" ")[0]) == resend["count"] == 32


def test_two_attempts_are_compared_in_three_steps(page: Page, account: Account) -> None:
    account.site("crm", retry_delays=["1s", "1s"])
    account.answers("crm", 500, 503, 200)
    account.event(customer="c-7")
    row = account.rows("/webhook-log", 1, status="done")[0]
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    page.keyboard.press("/")
    page.keyboard.type(row["delivery_id"])
    page.keyboard.press("Enter")  # step 1
    settled(page, "Delivery")
    ticks = page.locator("tbody input[type=checkbox]")
    expect(ticks).to_have_count(3)
    ticks.nth(0).press("Space")  # step 2
    page.wait_for_url("**compare=1")
    ticks.nth(2).press("Space")  # step 3
    page.wait_for_url("**compare=1%2C3")
    diff = page.get_by_role("region", name="What differs")
    expect(diff).to_contain_text("Attempt 1")
    expect(diff).to_contain_text("500")
    expect(page.get_by_role("region", name="Request body")).to_contain_text("They are identical")
    expect(page.get_by_role("region", name="Request headers")).to_contain_text("that differ by their nature")
    page.reload()
    expect(page.get_by_role("region", name="Request body")).to_contain_text("They are identical")
    page.goto(f"/a/{account.name}/out/log/{row['id']}")  # the last of three
    settled(page, "Attempt")
    for code in (503, 500):
        expect(page.get_by_role("link", name="Earlier try")).to_be_visible()
        page.keyboard.press("[")
        expect(page.get_by_label("Response", exact=True)).to_contain_text(f"HTTP {code}")
    expect(page.get_by_role("link", name="Later try")).to_be_visible()
    expect(page.get_by_role("link", name="Earlier try")).to_have_count(0)
