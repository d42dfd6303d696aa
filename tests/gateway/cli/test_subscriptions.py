"""`hookline subscriptions`: what is shown, what one would take, how a try ends."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_message, an_event


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    site = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    made = {"name": "big [red]", "site_id": site["id"], "actions": ["point_add"]}
    condition = {"any": [{"attribute": "data.points", "operator": "greater_than", "value": 100}]}
    house.made("POST", "/v1/shop/subscriptions", made | {"condition": condition})
    house.made("POST", "/v1/shop/subscriptions", made | {"name": "all", "actions": ["*"]})
    events = [("e-1", "point_add", 325), ("e-2", "point_add", 7), ("e-3", "refund", 325)]
    messages = [
        a_message(an_event(id=name, action=action, data=f'{{"points":{points}}}'), offset=n)
        for n, (name, action, points) in enumerate(events)
    ]
    fold(house, *messages)
    return CliRunner()


def test_the_list_names_sites_and_says_what_is_narrowed(shell: CliRunner) -> None:
    shown = shell.invoke(app, ["subscriptions", "list"])
    assert shown.exit_code == 0, shown.output
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert [line[2:6] for line in lines if "crm" in line and "all" in line] == [["*", "-", "crm", "-"]]
    assert "big [red]" in shown.stdout


def test_one_event_is_told_criterion_by_criterion(shell: CliRunner) -> None:
    found = {
        name: shell.invoke(app, ["subscriptions", "test", "big [red]", "--event", name])
        for name in ("e-1", "e-2", "e-3")
    }
    assert [one.exit_code for one in found.values()] == [0, 1, 1]
    assert found["e-1"].stdout.splitlines() == [
        "matched: it takes this event",
        "  ok  any of",
        "    ok  data.points greater_than, read '325'",
    ]
    assert found["e-2"].stdout.splitlines()[0] == "condition: its condition does not pass"
    assert found["e-2"].stdout.splitlines()[-1] == "    no  data.points greater_than, read '7'"
    assert found["e-3"].stdout.startswith("action: it does not list the action of this event")
    assert shell.invoke(app, ["subscriptions", "test", "all", "--event", "e-3"]).stdout.splitlines() == [
        "matched: it takes this event"
    ]


def test_the_last_events_are_counted(shell: CliRunner) -> None:
    counted = shell.invoke(app, ["subscriptions", "test", "big [red]", "--last", "2"])
    assert (counted.exit_code, counted.stdout) == (0, "takes 0 of the last 2 events\n")
    assert shell.invoke(app, ["subscriptions", "test", "all"]).stdout == "takes 3 of the last 3 events\n"


def test_what_nobody_has_is_one_sentence(shell: CliRunner) -> None:
    unknown = shell.invoke(app, ["subscriptions", "test", "nobody"])
    assert "the account shop has no subscription 'nobody'" in str(unknown.exception)
    no_event = shell.invoke(app, ["subscriptions", "test", "all", "--event", "nothing"])
    assert "there is no such event" in str(no_event.exception)
