"""Incoming webhooks: the list, the editor with its dry run, saving, states, conflicts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.conftest import MakeContext
from tests.console.house import Account, ConsoleHouse
from tests.console.keyboard import Keyboard
from tests.console.pages import evaluate, settled
from tests.console.watching import Watch
from tests.console.webhooks import criterion, mapped, opened, saved, waited
from tests.waiting import eventually

TREE = {
    "all": [
        {"attribute": "body.points", "operator": "exists"},
        {"any": [{"attribute": "body.points", "operator": "greater_than", "value": 100}]},
    ]
}


# The ten tasks: 3 and 6


def test_task_3_a_webhook_from_the_next_request_in_eight_steps_by_keyboard(page: Page, account: Account) -> None:
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    hands = Keyboard(page)
    hands.press(page.get_by_role("link", name="Webhooks", exact=True))
    hands.press(page.get_by_role("link", name="New: next request"))
    hands.fill(page.get_by_label("Endpoint"), "till")
    hands.choose(page.get_by_label("Action", exact=True), "Point add")
    expect(page.get_by_text("Waiting for POST")).to_be_visible()
    expect(mapped(page, "data.points")).to_be_visible()  # the catalogue's fields are blank rows
    stream_is_open(page)
    account.post({"clientID": "c-1042", "pointstobeadded": "325"}, "till")
    hands.press(page.get_by_role("button", name='"c-1042"'))
    hands.press(page.get_by_role("button", name='"325"'))
    expect(mapped(page, "data.points").locator(".told")).to_have_text("reads 325 → 325")
    hands.press(page.get_by_role("button", name="Save and set active"))
    hands.press(page.get_by_role("dialog").get_by_role("button", name="Set active"))
    expect(page.locator(".head").get_by_text("Active", exact=True)).to_be_visible()
    assert hands.steps <= 8
    assert account.post({"clientID": "c-7", "pointstobeadded": 5}, "till")[0] == 200
    page.get_by_role("link", name="Webhooks", exact=True).click()
    page.get_by_role("link", name="New: next request").click()
    expect(page.get_by_label("Endpoint")).to_have_value("")  # the next one begins anew


def stream_is_open(page: Page) -> None:
    """The page listens to the log: what comes from now on, it sees."""
    page.wait_for_function("performance.getEntriesByType('resource').length && document.readyState === 'complete'")
    page.wait_for_function("() => window.streams > 0")


@pytest.fixture(autouse=True)
def _streams_are_counted(request: pytest.FixtureRequest) -> None:
    """`window.streams` is how many event streams a page has opened."""
    if "page" in request.fixturenames:
        request.getfixturevalue("page").add_init_script("""
            window.streams = 0;
            window.EventSource = class extends EventSource {
              constructor(...given) { super(...given); this.addEventListener('open', () => (window.streams += 1)); }
            };""")


def test_task_6_a_filter_is_changed_with_its_figures_in_four_steps_by_keyboard(page: Page, account: Account) -> None:
    made = account.endpoint(filters={"attribute": "body.points", "operator": "greater_than", "value": 3})
    bodies = [{"customer": "c-1", "points": points} for points in (2, 4, 6, 8)]
    for body in bodies:
        account.post(body)
    account.rows("/incoming-log", 4)
    page.goto(f"/a/{account.name}/")
    settled(page, "Home")
    hands = Keyboard(page)
    hands.press(page.get_by_role("link", name="Webhooks", exact=True))
    hands.press(page.get_by_role("link", name="points", exact=True))
    hands.fill(criterion(page, "body.points").get_by_label("Value", exact=True), "7")
    figures = page.get_by_role("link", name="Of the last 4")
    expect(figures).to_have_text("Of the last 4: 3 → 1 pass, 2 differ")
    hands.press(page.locator("#save"))
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    assert hands.steps <= 4
    assert saved(account, made)["filters"]["value"] == "7"
    assert [account.post(body)[0] for body in bodies].count(200) == 1  # what the figures said


# The dry run


def test_the_dry_run_marks_what_fails_and_what_was_read(page: Page, account: Account) -> None:
    made = account.endpoint(filters=TREE)
    account.post({"customer": "c-1", "points": 12345678901234567890})
    account.rows("/incoming-log", 1)
    opened(page, account, made)
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("Accepted")
    expect(result).to_contain_text("12345678901234567890")
    first, second = criterion(page, "body.points").all()
    expect(first.locator(".told")).to_contain_text("passes")
    second.get_by_label("Operator").select_option("less_than")
    expect(second.locator(".told")).to_have_text("fails 12345678901234567890")
    expect(result).to_contain_text("Filtered")
    expect(result).to_contain_text("HTTP 403")
    page.get_by_label("Try it on").select_option("Pasted JSON")
    page.get_by_label("Body", exact=True).fill('{"customer": "c-9", "points": "many"}')
    expect(first.locator(".told")).to_contain_text("many")
    second.get_by_label("Operator").select_option("exists")
    expect(mapped(page, "data.points")).to_contain_text("must be a number")
    mapped(page, "data.points").get_by_role("button", name="+ Replace").click()
    page.get_by_label("Value to replace").fill("many")
    page.get_by_label("New value").fill("99")
    expect(mapped(page, "data.points").locator(".told")).to_have_text("reads many → replaced → 99")
    expect(result).to_contain_text("HTTP 200")


def test_fast_typing_never_shows_an_older_answer(page: Page, account: Account) -> None:
    made = account.endpoint(filters={"attribute": "body.points", "operator": "equals", "value": "1"})
    account.post({"customer": "c-1", "points": 12})
    account.rows("/incoming-log", 1)
    opened(page, account, made)
    one = criterion(page, "body.points")
    expect(one.locator(".told")).to_have_text("fails 12")
    held: list[Route] = []
    page.route("**/dry-run", lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    value = one.get_by_label("Value", exact=True)
    value.fill("12")  # would pass
    eventually(lambda: waited(page, held, 1), what="the first is under way")
    value.fill("123")  # would fail
    eventually(lambda: waited(page, held, 2), what="the second is under way")
    held[1].continue_()
    expect(one.locator(".told")).to_have_text("fails 12")
    expect(page.get_by_role("region", name="Result")).to_have_attribute("aria-busy", "false")
    held[0].continue_()
    page.evaluate("() => fetch('/livez')")  # after it, the older answer has come too
    expect(one.locator(".told")).to_have_text("fails 12")


def test_the_filter_tree_is_built_moved_and_clicked_together(page: Page, account: Account) -> None:
    made = account.endpoint()
    account.post({"customer": "c-1", "points": 5, "kind": "gold"})
    account.rows("/incoming-log", 1)
    opened(page, account, made)
    page.get_by_label("A click on a value").select_option("filters on it")
    page.get_by_role("button", name='"gold"').click()
    expect(criterion(page, "body.kind").locator(".told")).to_have_text("passes gold")
    page.get_by_role("button", name="+ Group").click()
    expect(page.locator("#paths option[value='body.kind']")).to_have_count(1)  # what is suggested
    group = page.locator("fieldset.group fieldset.group")
    group.get_by_label("Attribute").fill("headers.X-Token")
    group.get_by_label("Operator").select_option("equals")
    group.get_by_label("Value", exact=True).fill("t-1")
    group.get_by_label("secret").check()
    expect(criterion(page, "headers.X-Token").locator(".told")).to_have_text("fails missing")
    page.get_by_role("button", name="Move body.kind down").click()
    expect(group.get_by_role("group")).to_have_count(2)
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    assert saved(account, made)["filters"] == {
        "all": [
            {
                "any": [
                    {"attribute": "body.kind", "operator": "equals", "value": "gold", "secret": False},
                    {"attribute": "headers.X-Token", "operator": "equals", "value": "••••", "secret": True},
                ]
            }
        ]
    }
    assert "t-1" not in page.content()
    page.get_by_label("Name", exact=True).fill("renamed")  # the mask goes back, and keeps what is stored
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 4").first).to_be_visible()
    page.get_by_role("link", name="Revisions").click()
    expect(page.get_by_text('name: "renamed"')).to_be_visible()
    expect(page.locator(".timeline li").first).to_contain_text("1 changed")


# Saving


def test_what_nobody_touched_goes_back_to_the_letter(page: Page) -> None:
    page.goto("/login")
    text = (
        '{"name":"a","method":"PUT","endpoint":"e","filters":{"any":['
        '{"attribute":"body.a","operator":"in","value":[1.50,"x,y"]},'
        '{"all":[{"attribute":"body.b","operator":"equals","value":12345678901234567890}]}]},"action":"point_add","mapping":'
        '[{"from":"a","to":"data.a","default":1e2,"replace":[{"value":1.0,"with":{"b":  1,"a":2}}]}],'
        '"success_response":{"ok":  true},'
        '"error_response":"5","on_filtered":"accept","deduplicate":{"attribute":"body.id","window":"1h"},'
        '"verification":{"type":"none"}}'
    )
    assert evaluate(page, "js/lib/definition.js", "(m, text) => m.write(m.read(text)).text", text) == text
    kinds = {"7": "7", '"7"': '"7"', "a": '"a"', "": "null", "true": "true", "{'ok':1}": "\"{'ok':1}\""}
    for typed, source in kinds.items():
        assert evaluate(page, "js/lib/definition.js", "(m, text) => m.typed(text)", typed) == source
        assert evaluate(page, "js/lib/definition.js", "(m, text) => m.shown(text)", source) == typed


def test_wrong_fields_are_named_where_they_are_and_take_the_focus(page: Page, account: Account) -> None:
    account.endpoint("taken")
    page.goto(f"/a/{account.name}/in/new?blueprint=blank")
    settled(page, "New incoming webhook")
    page.get_by_label("Endpoint").fill("no blank here")
    page.get_by_label("Action", exact=True).select_option("Point add")
    mapped(page, "customer").get_by_label("From").fill("a..b")
    page.get_by_label("Success").fill("{'ok':true}")
    page.locator("#save").click()
    expect(page.get_by_label("Endpoint")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    expect(mapped(page, "customer")).to_contain_text("empty part")
    expect(page.get_by_label("Success")).to_have_attribute("aria-describedby", "f-success_response-error")
    expect(page.get_by_text('give the JSON itself: {"ok":true}').first).to_be_visible()
    page.get_by_label("Success").fill('{"ok":true}')
    mapped(page, "customer").get_by_label("From").fill("customer")
    page.get_by_label("Endpoint").fill("taken")
    page.locator("#save").click()
    expect(page.locator("#f-name-error")).to_contain_text("another one is named 'taken'")  # a name of its own is better
    page.get_by_label("Name", exact=True).fill("free")
    page.locator("#save").click()
    expect(page.get_by_role("heading", level=1, name="free")).to_be_visible()
    page.get_by_role("button", name="Set active").click()
    page.get_by_role("dialog").get_by_role("button", name="Set active").click()
    expect(page.get_by_label("Endpoint")).to_be_focused()  # two without filters cannot share one
    expect(page.locator("#f-endpoint-error")).to_contain_text("is taken by 'taken'")
    page.get_by_label("Endpoint").fill("free")
    page.get_by_role("button", name="Save and set active").click()
    page.get_by_role("dialog").get_by_role("button", name="Set active").click()
    expect(page.locator(".head").get_by_text("Active", exact=True)).to_be_visible()
    assert [each["endpoint"] for each in account.call("GET", "/incoming-webhooks")["items"]] == ["free", "taken"]


def test_two_people_change_one_webhook_and_nothing_is_lost(
    make_context: MakeContext, console: ConsoleHouse, account: Account
) -> None:
    made = account.endpoint(success_response={"ok": 1})
    mine, theirs = (make_context(console.operator_key).new_page() for _ in range(2))
    for page in (mine, theirs):
        opened(page, account, made)
    theirs.get_by_label("Name", exact=True).fill("theirs")
    theirs.get_by_label("Success").fill('{"ok":2}')
    theirs.locator("#save").click()
    expect(theirs.get_by_text("Saved as revision 3").first).to_be_visible()
    mine.get_by_label("Endpoint").fill("mine")
    mine.get_by_label("Success").fill('{"ok":3}')
    mine.locator("#save").click()
    dialog = mine.get_by_role("dialog")
    expect(dialog).to_contain_text("Revision 3 was saved meanwhile")
    expect(dialog.locator("tr.clash")).to_have_count(1)
    clash = dialog.get_by_role("row", name="success response")
    expect(clash.locator("pre")).to_have_text(['{\n  "ok": 2\n}', '{\n  "ok": 3\n}', '{\n  "ok": 1\n}'])
    mine.keyboard.press("Escape")
    expect(mine.get_by_label("Endpoint")).to_have_value("mine")  # what was typed stays
    mine.get_by_role("button", name="Compare and merge").click()
    dialog.get_by_role("button", name="Save the merged webhook").click()
    expect(mine.get_by_text("Saved as revision 4").first).to_be_visible()
    found = saved(account, made)
    assert (found["name"], found["endpoint"], found["success_response"]) == ("theirs", "mine", {"ok": 3})


def test_what_was_typed_outlives_a_gateway_that_is_away_and_a_walk_through_the_console(
    page: Page, account: Account, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    made = account.endpoint()
    opened(page, account, made)
    page.get_by_label("Name", exact=True).fill("typed")
    page.context.set_offline(True)
    page.locator("#save").click()
    expect(page.get_by_text("Hookline does not answer").first).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Webhooks", exact=True).click()
    settled(page, "Incoming webhooks")
    page.get_by_role("link", name="points", exact=True).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("typed")
    page.locator("#save").click()
    expect(page.get_by_text("Saved as revision 3").first).to_be_visible()
    assert saved(account, made)["name"] == "typed"
