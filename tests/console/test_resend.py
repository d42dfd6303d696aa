"""One message is sent again from where it is shown; what was delivered already warns first."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.conftest import MakeContext
from tests.console.house import Account


def test_a_failed_message_is_sent_again_after_asking(page: Page, account: Account) -> None:
    account.site("crm", retry_delays=[])
    account.answers("crm", 503, 200)
    account.event(customer="c-7")
    row = account.rows("/webhook-log", 1, status="failed")[0]
    page.goto(f"/a/{account.name}/out/log/{row['id']}")
    page.get_by_role("button", name="Resend").focus()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Resend this message?")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert len(account.house.receiver.at(f"/{account.name}/crm")) == 1
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is sent again").first).to_be_visible()
    done = account.rows("/webhook-log", 1, status="done")[0]
    assert done["delivery_id"] == row["delivery_id"]


def test_a_delivered_message_warns(page: Page, account: Account) -> None:
    account.site("crm")
    account.event()
    row = account.rows("/webhook-log", 1, status="done")[0]
    page.goto(f"/a/{account.name}/out/log/{row['id']}")
    page.get_by_role("button", name="Resend").click()
    expect(page.get_by_role("dialog")).to_contain_text("This was delivered already")
    page.get_by_role("button", name="Cancel").click()
    assert len(account.house.receiver.at(f"/{account.name}/crm")) == 1


def test_a_key_that_only_reads_cannot_resend(make_context: MakeContext, account: Account) -> None:
    account.site("crm")
    account.event()
    row = account.rows("/webhook-log", 1, status="done")[0]
    page = make_context(account.key("read")).new_page()
    page.goto(f"/a/{account.name}/out/log/{row['id']}")
    expect(page.get_by_role("button", name="Resend")).to_be_disabled()
