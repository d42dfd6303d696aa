"""Both logs: filters are the URL and the API's query; a reload and Back bring the same rows; links freeze."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.console.house import Account
from tests.console.pages import evaluate, set_filter, settled

OUT = [("status", "done"), ("response_code", "2xx"), ("action", "point_add"), ("customer", "c-1"), ("trigger", "auto")]
IN = [
    ("outcome", "accepted"),
    ("endpoint", "points"),
    ("status_code", "200"),
    ("customer", "c-1"),
    ("action", "point_add"),
]


@pytest.fixture
def busy(account: Account) -> Account:
    """An account with two requests, one event, two attempts: one done, one failed for good."""
    account.endpoint(filters={"attribute": "body.points", "operator": "exists"})
    account.site("crm")
    account.site("mail", retry_delays=[])
    account.answers("mail", 503)
    account.post({"customer": "c-1", "points": 12345678901234567890, "note": "x"})
    account.post({"customer": "c-2"})
    account.rows("/webhook-log", 1, status="done")
    account.rows("/webhook-log", 1, status="failed")
    account.rows("/incoming-log", 2)
    return account


@pytest.mark.parametrize(
    ("path", "api", "filters"), [("/out/log", "webhook-log", OUT), ("/in/log", "incoming-log", IN)]
)
def test_filters_are_the_url_and_the_query_and_a_reload_and_back_keep_the_rows(
    page: Page, busy: Account, path: str, api: str, filters: list[tuple[str, str]]
) -> None:
    asked: list[Request] = []
    choices: list[Request] = []
    page.on("request", lambda request: asked.append(request) if f"/{api}?" in request.url else None)
    page.on("request", lambda request: choices.append(request) if "?limit=500" in request.url else None)
    page.goto(f"/a/{busy.name}{path}")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    for name, value in filters:
        set_filter(page, name, value)
        page.wait_for_url(f"**{name}={value}*")
    expect(rows).to_have_count(1)
    shown = dict(parse_qs(urlsplit(page.url).query))
    assert shown == {name: [value] for name, value in filters}
    query = parse_qs(urlsplit(asked[-1].url).query)
    assert {name: query[name] for name in shown} == shown
    assert all("limit=1" not in request.url for request in asked)  # a wider range is asked only where it is offered
    assert len({request.url for request in choices}) == len(choices)  # what can be chosen is asked once for all filters
    page.reload()
    expect(rows).to_have_count(1)
    for _ in filters:
        page.go_back()
    expect(rows).to_have_count(2)
    page.go_forward()
    expect(page.locator(f"#filter-{filters[0][0]}")).to_have_value(filters[0][1])


def test_the_next_page_fills_the_rows_anew_and_no_cell_stays_behind(page: Page, busy: Account) -> None:
    newest, older = busy.rows("/webhook-log", 2)
    page.goto(f"/a/{busy.name}/out/log?limit=1")
    row = page.locator("tbody tr")

    def shows(attempt: dict[str, Any]) -> None:
        expect(row).to_have_attribute("data-row", attempt["id"])
        expect(row.get_by_role("link").first).to_have_attribute("href", re.compile(re.escape(attempt["id"])))
        expect(row).to_contain_text(str(attempt["response_code"]))
        expect(row).to_have_count(1)

    shows(newest)
    page.evaluate("() => { window.kept = document.querySelector('tbody tr') }")
    page.get_by_role("link", name="Older").click()
    shows(older)
    assert page.evaluate("() => window.kept.isConnected"), "elements are filled anew: to make them costs twice as much"
    page.get_by_role("link", name="Newest").click()
    shows(newest)


def test_no_match_is_not_nothing_there(page: Page, busy: Account) -> None:
    page.goto(f"/a/{busy.name}/out/log?customer=nobody")
    expect(page.get_by_role("heading", name="Nothing matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").last.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto(f"/a/{busy.name}/out/log?to=2020-01-01T00:00:00Z")
    expect(page.get_by_role("heading", name="No attempt in this range")).to_be_visible()
    page.get_by_role("button", name="Widen to 90 d (2)").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_wide_page_shows_the_selected_attempt_beside_the_list(page: Page, busy: Account) -> None:
    page.goto(f"/a/{busy.name}/out/log?status=failed")
    page.locator("tbody a").first.click()
    pane = page.get_by_label("The selected attempt")
    expect(pane).to_contain_text("The receiver failed (503)")
    expect(pane).to_contain_text("webhook-id")
    page.reload()
    expect(pane).to_contain_text("The receiver failed (503)")


def test_an_attempt_shows_the_whole_exchange(page: Page, busy: Account) -> None:
    row = busy.rows("/webhook-log", 1, status="done")[0]
    page.goto(f"/a/{busy.name}/out/log/{row['id']}")
    settled(page, "Attempt")
    expect(page.get_by_label("Request", exact=True)).to_contain_text(
        f"POST {busy.house.receiver.url(f'/{busy.name}/crm')}"
    )
    expect(page.get_by_label("Response", exact=True)).to_contain_text("HTTP 200")
    expect(page.locator("main")).to_contain_text(row["delivery_id"][:10])
    request = page.get_by_label("Request", exact=True)
    request.get_by_role("button", name="Raw").click()
    expect(request.locator("pre")).to_contain_text('"points":12345678901234567890')


def test_numbers_are_shown_as_they_were_written(page: Page, busy: Account) -> None:
    done = busy.rows("/incoming-log", 1, outcome="accepted")[0]
    page.goto(f"/a/{busy.name}/in/log/{done['id']}")
    expect(page.get_by_label("Request", exact=True)).to_contain_text("12345678901234567890")


def test_an_unknown_number_of_digits_survives_the_tokenizer(page: Page) -> None:
    page.goto("/login")
    text = '{"b": 1.10, "a": 123456789012345678901234567890, "a": 1e400, "x": [0.1000, -0]}'
    found = evaluate(page, "js/lib/json.js", "(m, text) => m.slice(text, ['x', 0]) + ' ' + m.slice(text, ['b'])", text)
    assert found == "0.1000 1.10"
    assert evaluate(page, "js/lib/json.js", "(m, text) => m.tree(text).entries.length", text) == 4
    assert evaluate(page, "js/lib/json.js", "(m, text) => m.tree(text)", "{'a': 1}") is None


def test_bytes_that_are_no_text_are_hexadecimal_and_go_into_a_curl_line(page: Page) -> None:
    page.goto("/login")
    assert evaluate(page, "js/lib/hex.js", "m => m.hex(m.bytesOf('/4E=', 'base64'))").split() == [
        "00000000",
        "ff",
        "81",
        "..",
    ]
    sent = {"method": "PUT", "url": "http://x/", "headers": [], "body": "/4E=", "body_encoding": "base64"}
    line = evaluate(page, "js/ui/http-view.js", "(m, sent) => m.curl(sent)", sent)
    assert line.startswith("echo /4E= | base64 -d | curl -X PUT 'http://x/'")
    assert line.endswith("--data-binary @-")
    numbers = [0, 999, 1204, -1204, 1234567.8912, 12.5]
    shown = ["0", "999", "1,204", "-1,204", "1,234,567.891", "12.5"]
    assert evaluate(page, "js/lib/time.js", "(m, numbers) => numbers.map(m.number)", numbers) == shown


def test_a_relative_link_stays_relative_and_a_frozen_one_shows_the_same_tomorrow(page: Page, busy: Account) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/a/{busy.name}/out/log?from=-3h")
    links = {}
    for which in ("Relative", "Frozen"):
        page.get_by_role("button", name="Copy link").click()
        page.get_by_label(which).check()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        links[which] = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(links["Relative"]).query) == {"from": ["-3h"]}
    page.clock.install()
    page.clock.fast_forward("24:00:00")
    page.goto(links["Frozen"])
    expect(page.locator("tbody tr")).to_have_count(2)


def test_exports_carry_the_filters(page: Page, busy: Account) -> None:
    page.goto(f"/a/{busy.name}/out/log?status=failed")
    page.get_by_text("Export").click()
    with page.expect_download() as download:
        page.get_by_text("as CSV").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert "failed" in lines[1]
    page.goto(f"/a/{busy.name}/in/log")
    page.get_by_text("Export").click()
    forms = [page.get_by_role("link", name=f"as {form}") for form in ("CSV", "PSV", "NDJSON")]
    for form in forms:
        expect(form).to_have_attribute("href", re.compile(r"/incoming-log\.(csv|psv|ndjson)\?from="))
