"""What waits and why, and what a producer wrote that could not be used: each in the steps that a person takes."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.console.house import Account
from tests.console.pages import evaluate, settled


def garbage(account: Account) -> str:
    """An event of an action that nobody knows; answers the id of the rejected record."""
    event = {"account": account.name, "customer": "c-1", "action": "nobody_knows", "data": {}}
    hookline = account.house.hookline
    hookline.produce(hookline.topics.customer_events, json.dumps(event).encode(), key=b"c-1")
    return str(account.rows("/rejected", 1)[0]["id"])


def test_what_waits_is_grouped_by_reason_and_opens_to_its_messages(page: Page, account: Account) -> None:
    site = account.site("crm")
    account.call("POST", f"/sites/{site['id']}/disable")
    account.event(customer="c-7")
    account.event(customer="c-8")
    account.rows("/queue", 2, reason="parked")
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    page.get_by_role("link", name="Queue", exact=True).press("Enter")
    group = page.locator("details.group summary")
    expect(group).to_contain_text("Parked 2 for crm")
    expect(group).to_contain_text("the site is not active")
    group.press("Enter")
    expect(page.get_by_role("cell", name="c-7")).to_be_visible()
    expect(page.get_by_role("cell", name="c-8")).to_be_visible()
    groups = [
        {
            "reason": "retrying",
            "site_id": "s",
            "blocked_by": cause,
            "count": 2,
            "oldest_queued_at": at,
            "next_attempt_at": at,
        }
        for cause, at in (("breaker_open", "2026-11-24T02:00:00Z"), (None, "2026-11-24T01:00:00Z"))
    ]
    (one,) = evaluate(page, "js/ui/groups.js", "(m, groups) => m.together(groups)", groups)
    assert (one["count"], one["causes"], one["oldest_queued_at"]) == (4, ["breaker_open"], "2026-11-24T01:00:00Z")


def test_a_message_that_waits_is_cancelled_after_asking(page: Page, account: Account) -> None:
    site = account.site("crm")
    account.call("POST", f"/sites/{site['id']}/disable")
    account.event(customer="c-7")
    account.rows("/queue", 1, reason="parked")
    page.goto(f"/a/{account.name}/out/queue")
    page.locator("details.group summary").click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("It is cancelled").first).to_be_visible()
    row = account.rows("/webhook-log", 1, status="failed")[0]
    assert row["error"] == "cancelled"


def test_nothing_waits(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/out/queue")
    expect(page.get_by_role("heading", name="Nothing is waiting")).to_be_visible()


def test_junk_of_a_producer_is_found_in_two_steps_with_reason_place_and_bytes(page: Page, account: Account) -> None:
    record = garbage(account)
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    page.get_by_role("link", name="Rejected", exact=True).press("Enter")
    page.locator("tbody a").first.press("Enter")
    settled(page, "Rejected record")
    assert page.url.endswith(record.replace(":", "%3A")) or page.url.endswith(record)
    main = page.locator("main")
    expect(main).to_contain_text("unknown action")
    expect(main).to_contain_text("nobody_knows")
    page.get_by_role("button", name="Hexadecimal").click()
    expect(main).to_contain_text("00000000  7b 22 61 63 63 6f 75 6e")


def test_what_names_no_account_is_shown_to_the_operator(page: Page, account: Account) -> None:
    hookline = account.house.hookline
    hookline.produce(hookline.topics.customer_events, b"this is not json")
    page.goto(f"/a/{account.name}/rejected")
    page.get_by_role("link", name="records of no account").click()
    settled(page, "Rejected records of no account")
    page.reload()
    page.locator("tbody a").first.click()
    settled(page, "Rejected record")
    expect(page.locator("main")).to_contain_text("this is not json")


def test_a_rejected_record_is_dismissed_and_stays(page: Page, account: Account) -> None:
    record = garbage(account)
    page.goto(f"/a/{account.name}/rejected/{record}")
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_role("dialog").get_by_role("button", name="Dismiss").click()
    expect(page.locator("main .badge")).to_have_text("Dismissed")
    page.goto(f"/a/{account.name}/rejected?state=open")
    expect(page.get_by_role("heading", name="Nothing matches these filters")).to_be_visible()


def test_a_record_is_written_again_once_its_cause_is_mended(page: Page, account: Account) -> None:
    record = garbage(account)
    page.goto(f"/a/{account.name}/rejected/{record}")
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name="Write it again").click()
    expect(page.locator(".toast")).to_contain_text("nobody_knows")
    account.call("POST", "/custom-actions", {"name": "nobody_knows", "label": "Known now"})
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name="Write it again").click()
    expect(page.locator("main .badge")).to_have_text("Retried")
    assert account.rows("/events", 1)[0]["action"] == "nobody_knows"
