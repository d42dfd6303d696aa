"""Incoming webhooks: states, beginnings, what-if, revisions, running again; every state of the pages, hostile text."""

from __future__ import annotations

import re
import signal
import threading

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.conftest import MakeContext
from tests.console.house import Account, ConsoleHouse
from tests.console.pages import settled
from tests.console.test_every_page import OVERFLOW, SMALL, serious
from tests.console.test_hostile import CORPUS, COUNT
from tests.console.watching import Watch
from tests.console.webhooks import mapped, opened, saved, waited
from tests.waiting import eventually

NAMES = "cells => cells.map(each => getComputedStyle(each, '::before').content)"


def test_states_ask_as_the_manuals_say(page: Page, account: Account) -> None:
    made = account.endpoint()
    opened(page, account, made)
    dialog = page.get_by_role("dialog")
    for button, words, state in (
        ("Set inactive", "answers 404", "inactive"),
        ("Set active", "become events", "active"),
        ("Set inactive", "answers 404", "inactive"),
        ("Archive", "never restored", "archived"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        expect(dialog).to_contain_text(words)
        page.keyboard.press("Escape")
        assert saved(account, made)["state"] != state
        page.get_by_role("button", name=button, exact=True).click()
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(dialog).to_have_count(0)
        expect(page.locator(".head").get_by_text(state.capitalize(), exact=True)).to_be_visible()
        assert saved(account, made)["state"] == state
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    page.get_by_role("link", name="Webhooks", exact=True).click()
    expect(page.get_by_role("cell", name="Archived")).to_be_visible()


def test_an_empty_list_says_how_to_begin_and_a_new_one_is_in_it_at_once(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/in")
    expect(page.get_by_role("heading", name="No incoming webhook yet")).to_be_visible()
    page.goto(f"/a/{account.name}/in?state=archived")
    expect(page.get_by_role("heading", name="Nothing matches these filters")).to_be_visible()
    page.get_by_role("link", name="Create new webhook").click()
    page.get_by_role("link", name="Create from mParticle: custom event").click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("Accepted")
    page.get_by_role("button", name="Create", exact=True).first.click()
    expect(page.get_by_text("Saved; it is inactive").first).to_be_visible()
    page.get_by_role("link", name="Webhooks", exact=True).click()
    expect(page.get_by_role("row", name="mParticle custom event")).to_contain_text("Inactive")


def test_what_if_shows_who_would_be_lost_and_which_events_differ(page: Page, account: Account) -> None:
    made = account.endpoint()
    for points in (1, 2, 3):
        account.post({"customer": "c-1", "points": points})
    account.rows("/incoming-log", 3)
    opened(page, account, made, "whatif")
    page.get_by_role("button", name="Last 100").click()
    expect(page.get_by_text("3 → 3 pass")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="+ Criterion").click()
    page.get_by_label("Attribute").fill("body.points")
    page.get_by_label("Operator").select_option("not_in")
    page.get_by_label("Value", exact=True).fill("1, 9")
    mapped(page, "data.points").get_by_role("button", name="+ Replace").click()
    page.get_by_label("Value to replace").fill("3")
    page.get_by_label("New value").fill("33")
    page.get_by_role("link", name="Of the last 3: 3 → 2 pass, 2 differ").click()
    square = page.locator(".square tbody tr")
    expect(square).to_have_count(3)
    for row, numbers in enumerate((["2", "1", "3"], ["0", "0", "0"], ["2", "1", "3"])):
        expect(square.nth(row).locator("td")).to_have_text(numbers)
    changed = page.locator(".differences > li")
    expect(changed).to_have_count(2)
    changed.first.get_by_text("The event").click()
    expect(changed.first.locator("del")).to_have_text('-     "points": 3')
    expect(changed.first.locator("ins")).to_have_text('+     "points": 33')
    expect(changed.last).to_contain_text("Filtered")
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    assert [account.post({"customer": "c-1", "points": points})[0] for points in (1, 2, 3)] == [403, 200, 200]


def test_what_if_over_many_requests_is_a_job_with_progress(page: Page, account: Account) -> None:
    made = account.endpoint()
    job = {"id": "job_1", "type": "history", "state": "running", "count": 4000, "reached": 1000, "position": "1"}
    done = {"state": "done", "reached": 4000, "checked": 4000, "skipped": 0, "changed": [], "changed_count": 300}
    looks: list[Route] = []
    page.route("**/dry-run", lambda route: route.fulfill(status=202, json=job))
    page.route("**/jobs/job_1?*", lambda route: looks.append(route))  # noqa: PLW0108 - no builtin is taken
    opened(page, account, made, "whatif")
    page.get_by_role("button", name="Last 5,000").click()
    expect(page.get_by_text("1,000 of 4,000")).to_be_visible()
    eventually(lambda: waited(page, looks, 1), what="the page looks how far it is")
    looks[0].fulfill(json=job | {"reached": 2500})
    expect(page.get_by_text("2,500 of 4,000")).to_be_visible()
    eventually(lambda: waited(page, looks, 2), what="the page looks again")
    looks[1].fulfill(json=job | done | {"passed_before": 3000, "passed_after": 2900})
    expect(page.get_by_text("3,000 → 2,900 pass")).to_be_visible()
    expect(page.locator(".square tbody td").first).to_have_text("?")  # who is who is not kept of so many


def test_a_revision_is_brought_back_as_a_new_one(page: Page, account: Account) -> None:
    made = account.endpoint()
    account.call("PUT", f"/incoming-webhooks/{made['id']}", {**made, "name": "other"})
    page.goto(f"/a/{account.name}/in/{made['id']}?tab=revisions")
    settled(page, "other")
    expect(page.locator(".timeline li").first).to_contain_text('name: "other"')
    page.get_by_role("button", name="Restore as new revision").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Restore revision 2").click()
    expect(page.get_by_role("heading", level=1, name="points")).to_be_visible()
    expect(page.get_by_role("heading", name="Revision 4")).to_be_visible()
    assert saved(account, made)["name"] == "points"


# The log


def test_requests_run_again_after_the_page_has_said_what_would_come_of_it(page: Page, account: Account) -> None:
    made = account.endpoint(filters={"attribute": "body.points", "operator": "greater_than", "value": 3})
    for points in (1, 4):
        account.post({"customer": "c-1", "points": points})
    account.call("PUT", f"/incoming-webhooks/{made['id']}", {**made, "filters": None})
    account.post({"customer": "c-1", "points": 1}, "ponits")
    account.rows("/incoming-log", 2)
    page.goto(f"/a/{account.name}/in/log?outcome=filtered")
    settled(page, "Incoming log")
    expect(page.get_by_role("region", name="Asked for")).to_contain_text("ponits 1 time")
    page.get_by_role("button", name="Reprocess").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 would differ")
    dialog.get_by_role("button", name="Run 1 again").click()
    page.wait_for_url("**/in/log?run_id=*")
    expect(page.get_by_role("cell", name="Accepted")).to_be_visible()
    expect(page.get_by_role("button", name="Reprocess")).to_be_disabled()
    page.get_by_role("link", name="Create it").click()
    expect(page.get_by_label("Endpoint")).to_have_value("ponits")


def test_a_key_that_only_reads_sees_all_and_changes_nothing(make_context: MakeContext, account: Account) -> None:
    made = account.endpoint()
    page = make_context(account.key("read")).new_page()
    page.goto(f"/a/{account.name}/in")
    settled(page, "Incoming webhooks")
    expect(page.get_by_role("link", name="Create new webhook")).to_have_count(0)
    opened(page, account, made)
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Set inactive")).to_have_count(0)
    expect(page.get_by_text("reads only").first).to_be_visible()  # why what changes things is grey
    page.goto(f"/a/{account.name}/in/new")
    expect(page.get_by_text("Your key may only read")).to_be_visible()


def test_the_new_rows_are_there_although_the_view_is_late(page: Page, account: Account, console: ConsoleHouse) -> None:
    made = account.endpoint()
    account.call("POST", f"/incoming-webhooks/{made['id']}/deactivate")
    account.post({"customer": "c-1", "points": 1})
    row = account.rows("/incoming-log", 1)[0]
    account.call("POST", f"/incoming-webhooks/{made['id']}/activate")
    page.goto(f"/a/{account.name}/in/log/{row['id']}")
    settled(page, "Request")
    page.get_by_role("button", name="Reprocess").click()
    again = page.get_by_role("dialog").get_by_role("button", name="Run 1 again")
    expect(again).to_be_enabled()
    projector = console.hookline.processes["projector"]
    projector.send_signal(signal.SIGSTOP)
    threading.Timer(1.5, projector.send_signal, [signal.SIGCONT]).start()
    again.click()
    expect(page.get_by_role("cell", name="Accepted")).to_be_visible()


STATES = (  # the page, the call that it waits for, its heading
    ("/in", r"/incoming-webhooks$", "Incoming webhooks"),
    ("/in/new", r"/v1/blueprints$", "New incoming webhook"),
    ("/in/{id}", r"/incoming-webhooks/inw_[^/]*$", "points"),
    ("/in/{id}?tab=log", r"/incoming-log\?.*limit=50", "points"),
    ("/in/{id}?tab=revisions", r"/revisions$", "points"),
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state[0])
def test_each_page_is_slow_fails_and_comes_back(
    page: Page, account: Account, watch: Watch, state: tuple[str, str, str]
) -> None:
    path, asked, heading = state
    watch.allow("500")
    made = account.endpoint()
    held: list[Route] = []
    page.route(re.compile(asked), lambda route: route.fallback() if held else held.append(route))
    page.goto(f"/a/{account.name}{path.format(id=made['id'])}")
    eventually(lambda: waited(page, held, 1), what="the page waits")
    expect(page.get_by_text("Still waiting").or_(page.locator(".skeleton")).first).to_be_visible()
    held[0].fulfill(status=500, json={"title": "Broken", "detail": "this is a fault of ours", "status": 500})
    expect(page.get_by_role("alert")).to_contain_text("this is a fault of ours")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    settled(page, heading)


def test_axe_finds_nothing_serious_in_the_parts_of_a_webhook(page: Page, account: Account) -> None:
    made = account.endpoint(filters={"any": [{"attribute": "body.points", "operator": "exists"}]})
    account.post({"customer": "c-1", "points": 1})
    account.rows("/incoming-log", 1)
    opened(page, account, made, "whatif")
    page.get_by_role("button", name="Last 100").click()
    expect(page.locator(".square")).to_be_visible()
    assert serious(page) == []
    for tab in ("log", "revisions"):
        opened(page, account, made, tab)
        assert serious(page) == []
    page.set_viewport_size({"width": 360, "height": 780})
    for tab in ("log", "revisions", "whatif", ""):
        opened(page, account, made, tab)
        assert page.evaluate(OVERFLOW) <= 0
        if tab == "log":  # without a head, each value has its name beside it
            assert page.locator("tbody td").evaluate_all(NAMES)[2:5] == ['"Request "', '"Status "', '"Took "']
    expect(page.get_by_role("region", name="Result")).to_contain_text("Accepted")
    assert page.evaluate(SMALL) == []


def test_hostile_text_in_every_field_of_a_webhook_is_shown_and_does_nothing(page: Page, account: Account) -> None:
    texts = [text for text in CORPUS if len(text) < 1000]
    nasty = "<img src=x onerror=window.pwned=1>"
    made = account.endpoint(
        name=nasty,
        endpoint="points",
        filters={"any": [{"attribute": "body.a", "operator": "equals", "value": text} for text in texts]},
        mapping=[
            {"from": "customer", "to": "customer"},
            *({"from": f"{nasty}.{i}", "to": f"data.f{i}", "default": text} for i, text in enumerate(texts) if text),
        ],
        success_response={nasty: texts},
    )
    account.post({"customer": nasty, "a": texts[0], **{text: text for text in texts}})
    account.rows("/incoming-log", 1)
    page.goto(f"/a/{account.name}/in")
    settled(page, "Incoming webhooks")
    expect(page.get_by_role("link", name=nasty, exact=True)).to_be_visible()
    assert page.evaluate(COUNT) == [1, None]
    opened(page, account, made)
    expect(page.get_by_role("region", name="Result")).to_contain_text("Accepted")
    values = page.get_by_label("Value", exact=True).evaluate_all("all => all.map(each => each.value)")
    assert values == [text.replace("\r", "").replace("\n", "") for text in texts]  # a line has no line's end
    assert page.evaluate(COUNT) == [1, None]
    page.get_by_label("What does not pass is answered").select_option("200")
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    kept = {name: value for name, value in made.items() if name not in {"revision", "position"}}
    assert saved(account, made) == kept | {"on_filtered": "accept", "revision": 3}
    for tab in ("log", "whatif", "revisions"):
        page.goto(f"/a/{account.name}/in/{made['id']}?tab={tab}")
        settled(page, nasty)
        assert page.evaluate(COUNT) == [1, None]
