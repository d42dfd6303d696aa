"""Trusted sites and subscriptions: lists, forms, secrets, states, tests, what failed and goes out again."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, Response, expect

from tests.console.house import Account
from tests.console.keyboard import Keyboard
from tests.console.pages import settled
from tests.waiting import eventually

SECRETS = ["whsec_" + "A" * 32, "whsec_" + "B" * 32]


def at_home(page: Page, account: Account) -> Keyboard:
    """Where every task begins."""
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    return Keyboard(page)


# The ten tasks: 2, 4 and 9


def test_task_2_a_site_that_failed_is_mended_and_all_is_resent_in_seven_steps_by_keyboard(
    page: Page, account: Account
) -> None:
    site = account.site("crm", path=f"/{account.name}/wrong", retry_delays=[])
    account.house.receiver.script(f"/{account.name}/wrong", 503)
    for number in range(3):
        account.event(customer=f"c-{number}")
    account.rows("/webhook-log", 3, status="failed")
    hands = at_home(page, account)
    hands.press(page.get_by_role("link", name="crm, 503: 3 failed"))
    hands.press(page.get_by_role("link", name="Edit the site"))
    hands.fill(page.get_by_label("URL", exact=True), account.house.receiver.url(f"/{account.name}/right"))
    hands.press(page.locator("#save"))
    expect(page.get_by_text("Saved as revision 2").first).to_be_visible()
    hands.press(page.get_by_role("button", name="Test", exact=True))
    expect(page.get_by_role("group", name="Result of the test")).to_contain_text("HTTP 200")
    hands.press(page.get_by_role("button", name="Resend 3 failed"))
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Resend 3", exact=True))
    settled(page, "Resend")
    assert hands.steps <= 7
    done = account.rows("/webhook-log", 3, status="done", trigger="bulk")
    assert {row["site_id"] for row in done} == {site["id"]}


def test_task_4_a_secret_is_rotated_in_four_steps_by_keyboard(page: Page, account: Account) -> None:
    site = account.site("signed", authentication={"type": "standard_webhooks", "secrets": SECRETS[:1]})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hands = at_home(page, account)
    hands.press(page.get_by_role("link", name="signed", exact=True))
    hands.press(page.get_by_role("button", name="Rotate secret"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("The older ones stay valid for")).to_have_value("24h")
    hands.press(dialog.get_by_role("button", name="Create"))
    hands.press(dialog.get_by_role("button", name="Copy", exact=True))
    expect(page.get_by_text("The secret is on the clipboard").first).to_be_visible()
    assert hands.steps <= 4
    made = page.evaluate("navigator.clipboard.readText()")
    older, newer = sorted(kept(account, site)["authentication"]["secrets"], key=lambda each: each["expires_at"] is None)
    assert made.startswith("whsec_")
    assert newer["hint"][-4:] == made.rstrip("=")[-4:]
    assert older["expires_at"] is not None


def test_task_9_a_parked_site_is_brought_back_in_three_steps_by_keyboard(page: Page, account: Account) -> None:
    site = account.site("crm", state="inactive")
    for number in range(3):
        account.event(customer=f"c-{number}")
    account.rows("/queue", 3)
    hands = at_home(page, account)
    hands.press(page.get_by_role("link", name="crm", exact=True))
    hands.press(page.get_by_role("button", name="Enable"))
    expect(page.get_by_role("dialog")).to_contain_text("3 parked will go out, at most 1 s.")
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Enable"))
    expect(page.locator(".head").get_by_text("Active", exact=True)).to_be_visible()
    assert hands.steps <= 3
    account.rows("/webhook-log", 3, status="done", site_id=site["id"])


def kept(account: Account, made: dict[str, Any], path: str = "/sites") -> dict[str, Any]:
    """What the API has of it."""
    found: dict[str, Any] = account.call("GET", f"{path}/{made['id']}")
    return found


# The form


def test_a_site_is_made_and_what_is_wrong_is_said_at_its_field(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/sites")
    settled(page, "Trusted sites")
    expect(page.get_by_text("hookline receiver")).to_be_visible()
    page.get_by_role("link", name="Add a site").first.click()
    settled(page, "New trusted site")
    page.get_by_label("Name", exact=True).fill("lake")
    page.get_by_label("URL", exact=True).fill("ftp://lake.example")
    page.get_by_label("Type of authentication").select_option("aws_s3")
    page.get_by_label("Access key id").fill("AKID")
    page.get_by_label("Secret access key").fill("K3Y/secret+")
    page.get_by_role("button", name="+ Resend").click()
    page.get_by_label("Delay before resend 6").select_option("10s")
    expect(page.get_by_text("gives up after 15 s")).to_be_visible()
    page.get_by_role("button", name="Create").click()
    wrong = page.get_by_label("URL", exact=True)
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-describedby", "f-url-error")
    expect(page.locator("#f-url-error")).to_contain_text("https://")
    wrong.fill("https://lake.example/events")
    page.get_by_role("button", name="Create").click()
    settled(page, "lake")
    expect(page.get_by_text("Saved; it is inactive").first).to_be_visible()
    expect(page.get_by_role("region", name="Message")).to_contain_text("PUT https://lake.example/events/test")
    assert "K3Y" not in page.content()


def test_two_people_change_one_site_and_nothing_is_lost(page: Page, account: Account) -> None:
    site = account.site("crm", authentication={"type": "basic", "username": "u", "password": "p4ssw0rd"})
    page.goto(f"/a/{account.name}/sites/{site['id']}?tab=settings")
    settled(page, "crm")
    page.get_by_label("Requests in flight at most").fill("3")
    account.call("PUT", f"/sites/{site['id']}", site | {"timeout_seconds": 7})
    page.locator("#save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Revision 2 was saved meanwhile")
    expect(dialog).to_contain_text(re.compile(r"By (operator|key \w+), .*20\d\d"))
    dialog.get_by_role("button", name="Save the merged site").click()
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    found = kept(account, site)
    assert (found["parallel"], found["timeout_seconds"]) == (3, 7)
    account.event()
    row = account.rows("/webhook-log", 1, status="done")[0]
    whole = account.call("GET", f"/webhook-log/{row['id']}")
    assert ["Authorization", "••••"] in whole["request"]["headers"]  # the password was kept
    page.get_by_role("link", name="Revisions").click()
    expect(page.get_by_text("- parallel: 10")).to_be_visible()
    page.get_by_role("button", name="Restore as new revision").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Restore revision 2").click()
    expect(page.get_by_role("heading", name="Revision 4")).to_be_visible()


def test_a_site_that_is_gone_says_so_and_states_ask_as_the_manuals_say(page: Page, account: Account) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    account.answers("crm", 410)
    page.goto(f"/a/{account.name}/sites/new")
    settled(page, "New trusted site")
    page.get_by_label("Name", exact=True).fill("crm")
    page.get_by_label("URL", exact=True).fill(account.house.receiver.url(f"/{account.name}/crm"))
    page.get_by_label("Type of authentication").select_option("standard_webhooks")
    page.get_by_role("button", name="Make one, and copy it").click()
    expect(page.get_by_text("The new secret is on the clipboard").first).to_be_visible()
    page.get_by_role("button", name="Create").click()
    settled(page, "crm")
    made = page.evaluate("navigator.clipboard.readText()")
    expect(page.get_by_role("region", name="Secrets")).to_contain_text(made.rstrip("=")[-4:])
    assert made not in page.content()
    site = account.call("GET", "/sites")["items"][0]
    account.call("POST", "/subscriptions", {"name": "all", "site_id": site["id"], "actions": ["*"]})
    answer(page, "Enable", "Nothing is parked")
    expect(page.locator(".head").get_by_text("Active", exact=True)).to_be_visible()
    answer(page, "Disable", "what comes meanwhile is parked")
    expect(page.get_by_text("Inactive: disabled by operator.")).to_be_visible()
    answer(page, "Enable", "Nothing is parked")
    expect(page.locator(".head").get_by_text("Active", exact=True)).to_be_visible()
    account.event()
    eventually(lambda: kept(account, site)["state"] == "inactive", within=60, what="the site is disabled")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Disabled: it answered 410: gone.")
    answer(page, "Archive", "This cannot be undone")
    expect(page.locator(".head").get_by_text("Archived", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Enable")).to_have_count(0)


def answer(page: Page, button: str, words: str) -> None:
    """Press a button, read its dialog, and press the same there."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text(words)
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


# Secrets


def test_a_secret_is_nowhere_and_two_of_them_are_told_apart(page: Page, account: Account) -> None:
    site = account.site("signed", authentication={"type": "standard_webhooks", "secrets": SECRETS})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108 - no builtin is taken
    page.goto(f"/a/{account.name}/sites/{site['id']}?tab=settings")
    settled(page, "signed")
    secrets = page.get_by_role("region", name="Secrets")
    expect(secrets).to_contain_text("••••…AAAA")
    expect(secrets).to_contain_text("••••…BBBB")
    page.get_by_label("Name", exact=True).fill("renamed")
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 2").first).to_be_visible()
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_role("group", name="Result of the test")).to_contain_text("HTTP 200")
    page.get_by_role("region", name="Message").get_by_role("button", name="curl").first.click()
    expect(page.get_by_text("The curl line is on the clipboard").first).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")
    assert "webhook-signature: ••••" in line
    told = [line, page.content(), page.url, *(each.text() for each in answers if "/v1/" in each.url)]
    assert len(told) > 5
    assert [text for text in told for secret in SECRETS if secret.removeprefix("whsec_") in text] == []
    assert [each["hint"] for each in kept(account, site)["authentication"]["secrets"]] == ["…AAAA", "…BBBB"]
    received = account.house.receiver.at(f"/{account.name}/signed")[-1]
    assert received.headers["webhook-signature"].count("v1,") == 2  # both are still the ones that were set
    page.get_by_role("button", name="Retire …AAAA now").click()
    page.get_by_role("dialog").get_by_role("button", name="Retire now").click()
    expect(secrets).not_to_contain_text("AAAA")
    expect(secrets.get_by_role("button", name="Retire …BBBB now")).to_be_disabled()


# Subscriptions


def test_a_subscription_is_made_seen_in_the_matrix_and_deleted(page: Page, account: Account) -> None:
    site = account.site("crm")
    account.event(data={"points": 102})
    account.event()
    account.rows("/webhook-log", 2, status="done")
    account.rows("/events", 2)
    page.goto(f"/a/{account.name}/sites/{site['id']}?tab=subscriptions")
    settled(page, "crm")
    page.get_by_role("link", name="Add a subscription").click()
    settled(page, "New subscription")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#f-actions-error")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("large ones")
    page.get_by_label("Point add", exact=True).check()
    page.get_by_role("button", name="+ Criterion").click()
    page.get_by_label("Attribute").fill("body.points")
    page.get_by_label("Operator").select_option("greater_than")
    page.get_by_label("Value", exact=True).fill("100")
    page.get_by_label("Path", exact=True).fill("/c/{customer}")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_label("Attribute")).to_be_focused()
    page.get_by_label("Attribute").fill("data.points")
    trial = page.get_by_role("region", name="Trial")
    expect(trial).to_contain_text("The condition does not pass")
    expect(page.get_by_role("group", name="Criterion data.points").locator(".told")).to_have_text("fails 1")
    expect(trial).to_contain_text("Of the last 2 events 1 matches.")
    page.get_by_role("button", name="Create").click()
    settled(page, "large ones")
    expect(page.get_by_role("region", name="Message")).to_contain_text(f"/{account.name}/crm/c/")
    page.get_by_role("link", name="Subscriptions", exact=True).click()
    settled(page, "Subscriptions")
    row = page.get_by_role("row", name="Point add")
    expect(row).to_contain_text("large ones where data.points greater than 100")
    expect(page.get_by_role("row", name="Every action")).to_contain_text("crm")
    account.event(data={"points": 101})
    account.rows("/webhook-log", 4, status="done")
    assert f"/{account.name}/crm/c/c-1" in {each.path for each in account.house.receiver.received}
    row.get_by_role("link", name="large ones").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    settled(page, "Subscriptions")
    expect(page.get_by_role("row", name="Point add")).to_have_count(0)


def test_hostile_names_and_conditions_are_shown_and_do_nothing(page: Page, account: Account) -> None:
    name = "</title><img src=x onerror=window.pwned=1>"
    site = account.site(name, path=f"/{account.name}/x")
    condition = {"attribute": "data.points", "operator": "equals", "value": name}
    made = account.call(
        "POST",
        "/subscriptions",
        {"name": "<b>{{1}}", "site_id": site["id"], "actions": ["*"], "condition": condition, "path": "/{customer}"},
    )
    tabs = [f"/sites/{site['id']}?tab={tab}" for tab in ("health", "settings", "subscriptions", "log", "revisions")]
    paths = [("/sites", "Trusted sites"), ("/subscriptions", "Subscriptions"), *((each, name) for each in tabs)]
    for path, heading in (*paths, (f"/subscriptions/{made['id']}", "<b>{{1}}")):
        page.goto(f"/a/{account.name}{path}")
        settled(page, heading)
        assert page.evaluate("[document.querySelectorAll('main img, main b').length, window.pwned]") == [0, None]
    page.goto(f"/a/{account.name}/subscriptions")
    expect(page.get_by_text(f"where data.points equals {name}")).to_be_visible()
