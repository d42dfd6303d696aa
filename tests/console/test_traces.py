"""What happened to a customer, in two steps; one trace with what was not sent, and why; Home leads to what failed."""

from __future__ import annotations

import subprocess

from playwright.sync_api import Page, expect

from tests.console.house import Account
from tests.console.pages import settled

NEEDS_POINTS = {"attribute": "body.points", "operator": "exists"}


def test_why_a_customer_got_no_points_in_two_steps(page: Page, account: Account) -> None:
    account.endpoint(filters=NEEDS_POINTS)
    account.post({"customer": "c-1042", "points": 5})
    account.post({"customer": "c-1042"})
    account.rows("/incoming-log", 2)
    account.rows("/events", 1)
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    page.keyboard.press("/")
    page.keyboard.type("c-1042")
    page.keyboard.press("Enter")  # step 1
    settled(page, "Customer c-1042")
    expect(page.locator("#title")).to_be_focused()  # not the search box
    line = page.get_by_role("listitem").filter(has_text="Filtered")
    expect(line).to_contain_text("points")
    line.get_by_role("link", name="Request").press("Enter")  # step 2
    settled(page, "Request")
    expect(page.locator("main")).to_contain_text("The filters did not pass")


def test_a_trace_shows_the_subscription_that_did_not_match_and_why(page: Page, account: Account) -> None:
    account.endpoint()
    account.site("crm")
    mail = account.site("mail")
    condition = {"attribute": "data.points", "operator": "greater_than", "value": 100}
    account.call(
        "POST",
        "/subscriptions",
        {"name": "large", "site_id": mail["id"], "actions": ["*"], "condition": condition},
    )
    account.call("POST", "/subscriptions", {"name": "other", "site_id": mail["id"], "actions": ["checkout"]})
    _, answer = account.post({"customer": "c-1", "points": 5})
    account.rows("/webhook-log", 2, status="done")
    page.goto(f"/a/{account.name}/events")
    page.locator("tbody a").first.click()
    settled(page, "Trace")
    assert page.url.endswith(answer["event_id"])
    story = page.get_by_role("list", name="What happened")
    expect(story).to_contain_text("POST")
    expect(story.get_by_role("listitem").filter(has_text="large")).to_contain_text("its condition did not hold")
    expect(story.get_by_role("listitem").filter(has_text="large")).to_contain_text("it read 5")
    expect(story.get_by_role("listitem").filter(has_text="other")).to_contain_text("it does not take this action")
    expect(story.get_by_role("link", name="Try 1, original")).to_have_count(2)


def test_an_event_is_sent_by_hand_to_the_letter_and_what_is_refused_stays_typed(page: Page, account: Account) -> None:
    account.site("crm")
    page.goto(f"/a/{account.name}/events")
    settled(page, "Events")
    page.get_by_role("button", name="Send event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Action").select_option("point_add")
    expect(dialog).to_contain_text("Fields of this action: points")
    dialog.get_by_label("Customer").fill("c-9")
    data = dialog.get_by_label("Data")
    data.fill('{"points": 1')
    expect(dialog.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    data.fill('{"points": "many"}')
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("points")
    expect(data).to_have_value('{"points": "many"}')
    data.fill('{"points": 12345678901234567890, "note": 1.50}')
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("tbody tr")).to_contain_text("12345678901234567890")
    sent = account.rows("/webhook-log", 1, status="done")[0]
    assert sent["customer"] == "c-9"


def test_home_leads_from_a_group_of_failures_to_proof_in_three_steps(page: Page, account: Account) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    account.site("crm", retry_delays=[])
    account.answers("crm", 503)
    account.event(customer="c-1")
    account.event(customer="c-2")
    account.rows("/webhook-log", 2, status="failed")
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    page.get_by_role("link", name="crm, 503: 2 failed").press("Enter")  # step 1
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").first.press("Enter")  # step 2
    pane = page.get_by_label("The selected attempt")
    pane.get_by_role("button", name="Copy as curl").press("Enter")  # step 3
    expect(page.locator(".toast")).to_contain_text("The curl line is on the clipboard")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -X POST")


def test_the_first_steps_tick_themselves(page: Page, account: Account) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/a/{account.name}/")
    steps = page.get_by_label("To begin")
    expect(steps.get_by_text("Open")).to_have_count(3)
    account.endpoint()
    expect(steps.get_by_text("Done")).to_have_count(1)
    steps.get_by_role("button", name="Copy a curl line").click()
    expect(page.locator(".toast")).to_contain_text("The line is on the clipboard")
    line = page.evaluate("navigator.clipboard.readText()")
    account.site("crm")
    expect(steps.get_by_text("Done")).to_have_count(2)
    assert subprocess.run(["bash", "-c", line.replace("curl ", "curl -sf ")], check=False).returncode == 0
    expect(steps.get_by_text("Done")).to_have_count(3)
    expect(steps).to_contain_text("Accepted")
    expect(page.get_by_text("POST /webhooks/custom").first).to_be_visible()  # the rest of the page has it, too
    page.reload()
    settled(page, "Home")
    expect(steps).to_have_count(0)


def test_a_chart_has_the_figures_of_the_api_in_its_table_and_zooms_into_the_log(page: Page, account: Account) -> None:
    account.site("crm")
    account.event()
    account.event()
    account.rows("/webhook-log", 2, status="done")
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    chart = page.locator("figure").filter(has_text="Attempts, per 10 min")
    chart.locator("summary").click()
    series = account.call("GET", "/stats/attempts", step="10m")["items"]
    rows = chart.locator("tbody tr")
    expect(rows).not_to_have_count(0)
    assert sum(int(each or 0) for each in rows.locator("td:nth-child(2)").all_inner_texts()) == 2
    assert sum(point["done"] for point in series) == 2
    chart.locator("svg[tabindex]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/out/log?from=*")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_settings_make_and_remove_a_key_and_say_who_changed_what(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/settings")
    settled(page, "Settings")
    page.get_by_label("Name", exact=True).first.fill("till")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    key = dialog.locator("code").inner_text()
    assert account.house.hookline.api.call("GET", f"/v1/{account.name}/sites")["items"] == []
    assert key.startswith("hk_")
    dialog.get_by_role("button", name="Close").click()
    row = page.get_by_role("row").filter(has_text="till")
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("key till created")).to_be_visible()


def test_the_system_page_names_every_role(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/ops")
    settled(page, "System")
    for role in ("gateway", "streams", "courier", "projector"):
        expect(page.get_by_role("rowheader", name=role, exact=True)).to_be_visible()
