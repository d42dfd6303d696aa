"""Hostile text in every stored field is shown as text: nothing of it runs, nothing of it becomes an element."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from schemas.json_text import dump
from tests.console.house import Account
from tests.console.pages import settled

PWN = "window.pwned=1"
TAGS = (
    "img",
    "svg",
    "iframe",
    "script",
    "object",
    "video",
    "body",
    "math",
    "details",
    "style",
    "link",
    "base",
    "form",
    "input",
    "marquee",
)
CORPUS = tuple(
    [f"<{tag} src=x onerror={PWN} onload={PWN} ontoggle={PWN} open>" for tag in TAGS]
    + [
        f"</{tag}><img src=x onerror={PWN}>"
        for tag in (*TAGS, "title", "textarea", "template", "noscript", "pre", "td", "table")
    ]
    + [
        f"{scheme}:{PWN}"
        for scheme in ("javascript", "JaVaScRiPt", " javascript", "java\tscript", "data:text/html,<script>", "vbscript")
    ]
    + [f"{quote}{PWN}{quote}" for quote in ('"', "'", "`", '">', "'>", "-->", "]]>", "*/", "//", "\\", "';", "\\u003c")]
    + [
        f"{opening}{PWN}{closing}"
        for opening, closing in (
            ("{{", "}}"),
            ("${", "}"),
            ("<%=", "%>"),
            ("#{", "}"),
            ("[[", "]]"),
            ("{%", "%}"),
            ("?lit$", "$"),
            ("<!--", "-->"),
        )
    ]
    + [
        chr(code) + "moc.elpmaxe"
        for code in (0x202E, 0x202D, 0x2066, 0x2067, 0x2068, 0x200F, 0x061C, 0x200B, 0xFEFF, 0x2028, 0x2029, 0x85)
    ]
    + [f"a{chr(code)}b" for code in (*range(0x01, 0x20), 0x7F, 0x80, 0x9F)]
    + [
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "0",
        "-0",
        "NaN",
        "null",
        "undefined",
        "true",
        "[object Object]",
    ]
    + [
        "\U0001f469\u200d\U0001f469\u200d\U0001f466",
        "Z\u0351\u036b\u0343\u036aa\u0302l\u0346\u035fg\u0321o",
        "\ufdfd" * 20,
        "\u0e01\u0e47" * 20,
        "ﷺ",
        "\U0001d573",
    ]
    + [
        "a" * 5000,
        "<b>" * 500,
        "&lt;img&gt;",
        "&#60;script&#62;",
        "%3Cscript%3E",
        "\r\nSet-Cookie: a=b",
        "=cmd|' /C calc'!A0",
    ]
)
COUNT = "() => [document.querySelectorAll('img, iframe, object, video, script').length, window.pwned]"


def test_there_are_more_than_a_hundred() -> None:
    assert len(set(CORPUS)) >= 100


@pytest.fixture
def nasty(account: Account) -> Account:
    """An account where the corpus came in as customers, keys and values, and went out to a site."""
    account.endpoint()
    account.site("<img src=x onerror=window.pwned=1>", path=f"/{account.name}/x")
    events = [
        {"customer": text[:200] or "x", "action": "point_add", "data": {"points": 1, text: text}} for text in CORPUS
    ]
    answer = account.call("POST", "/events", {"events": events})
    assert sum("id" in each for each in answer["items"]) == len(CORPUS), [
        each for each in answer["items"] if "id" not in each
    ][:3]
    account.post({"customer": CORPUS[0], "points": 1, **{text: text for text in CORPUS}})
    account.rows("/webhook-log", len(CORPUS) + 1, status="done", limit="500")
    account.rows("/incoming-log", 1)
    return account


def test_the_corpus_is_shown_and_does_nothing(page: Page, nasty: Account) -> None:
    for path, heading in (("/", "Home"), ("/out/log?limit=200", "Outgoing log"), ("/in/log", "Incoming log")):
        page.goto(f"/a/{nasty.name}{path}")
        settled(page, heading)
        assert page.evaluate(COUNT) == [1, None]
    page.goto(f"/a/{nasty.name}/out/log?limit=200")
    settled(page, "Outgoing log")
    expect(page.locator("tbody tr")).to_have_count(min(200, len(CORPUS) + 1))
    shown = page.locator("tbody tr").all_inner_texts()
    for text in ("</title><img src=x onerror=window.pwned=1>", "{{window.pwned=1}}", "javascript:window.pwned=1"):
        assert sum(text in row for row in shown), text


def test_a_payload_of_the_whole_corpus_is_shown_verbatim(page: Page, nasty: Account) -> None:
    row = nasty.rows("/incoming-log", 1)[0]
    page.goto(f"/a/{nasty.name}/in/log/{row['id']}")
    settled(page, "Request")
    body = page.get_by_label("Request", exact=True).locator(".json")
    body.locator("summary").first.click()
    more = body.get_by_role("button", name=re.compile(r"^\d+ more$"))
    more.click()
    expect(more).to_have_count(0)
    cut = body.get_by_role("button", name="show all")
    for left in reversed(range(cut.count())):
        cut.first.click()
        expect(cut).to_have_count(left)
    text = body.evaluate("each => each.textContent")
    for each in CORPUS:
        assert dump(each) in text, each
    assert page.evaluate(COUNT) == [1, None]


@pytest.mark.parametrize(
    "body", ["[" * 60 + "]" * 60, '{"a": "\\ud800"}', '{"line": "' + "x" * 1_000_000 + '"}', "not json", ""]
)
def test_bodies_of_every_form_open(page: Page, account: Account, body: str) -> None:
    account.endpoint()
    url = f"{account.house.url}/beta/webhooks/custom/{account.name}/points"
    page.context.request.post(url, data=body.encode(), headers={"content-type": "application/json"})
    row = account.rows("/incoming-log", 1)[0]
    page.goto(f"/a/{account.name}/in/log/{row['id']}")
    settled(page, "Request")
    expect(page.get_by_label("Response", exact=True)).to_be_visible()
