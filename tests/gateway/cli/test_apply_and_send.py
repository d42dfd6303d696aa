"""`hookline apply` and `hookline events send` against a gateway: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.gateway.house import OPERATOR, House

EXAMPLE = Path(__file__).parents[3] / "examples" / "use-cases.yaml"


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    return CliRunner()


def test_applying_says_what_changed_and_then_that_nothing_did(shell: CliRunner, house: House) -> None:
    first = shell.invoke(app, ["apply", "-f", str(EXAMPLE)])
    assert first.exit_code == 0, first.output
    assert "created   sites receiver" in first.output
    assert first.output.splitlines()[-1] == "7 created"
    again = shell.invoke(app, ["apply", "-f", str(EXAMPLE)])
    assert again.output.splitlines() == ["7 unchanged"]
    assert len(house.log.records(house.topics.config)) == 2


def test_a_dry_run_changes_nothing(shell: CliRunner, house: House) -> None:
    done = shell.invoke(app, ["apply", "-f", str(EXAMPLE), "--dry-run"])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "would be: 7 created"
    assert len(house.log.records(house.topics.config)) == 1


def test_a_broken_file_names_line_and_path_and_changes_nothing(shell: CliRunner, house: House, tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("action: point_sub", "action: point_subtract")
    file = tmp_path / "broken.yaml"
    file.write_text(text, "utf-8")
    line = text.splitlines().index("    action: point_subtract") + 1
    done = shell.invoke(app, ["apply", "-f", str(file)])
    assert done.exit_code == 1
    assert f"broken.yaml:{line}: incoming_webhooks.1.action: 'point_subtract' is neither" in done.output
    assert "nothing has changed" in done.output
    assert len(house.log.records(house.topics.config)) == 1


def test_events_are_sent_and_their_ids_printed(shell: CliRunner, house: House, tmp_path: Path) -> None:
    lines = [{"account": "shop", "customer": f"c-{number}", "action": "point_add"} for number in range(1200)]
    file = tmp_path / "events.ndjson"
    file.write_text("\n\n".join(map(json.dumps, lines)), "utf-8")
    done = shell.invoke(app, ["events", "send", str(file)])
    assert done.exit_code == 0, done.output
    events = house.log.records(house.topics.customer_events)
    assert [event.customer for event in events] == [line["customer"] for line in lines]
    assert done.stdout.split() == [event.id for event in events]
    assert "1200 sent, 0 refused" in done.stderr


def test_a_refused_event_is_named_by_its_line_and_the_others_are_sent(shell: CliRunner, house: House) -> None:
    lines = [
        '{"customer": "c-1", "action": "point_add"}',
        "{",
        '{"customer": "c-2"}',
        '{"customer": "c-3", "action": "birthday"}',
    ]
    done = shell.invoke(app, ["events", "send", "--account", "shop"], input="\n".join(lines))
    assert done.exit_code == 1
    assert "line 2: not JSON" in done.stderr
    assert "line 3: action: is missing" in done.stderr
    assert "2 sent, 2 refused" in done.stderr
    assert [event.customer for event in house.log.records(house.topics.customer_events)] == ["c-1", "c-3"]


def test_a_line_without_an_account_says_what_to_do(shell: CliRunner) -> None:
    done = shell.invoke(app, ["events", "send"], input='{"customer": "c-1", "action": "point_add"}\n')
    assert done.exit_code == 1
    assert "account: is missing; name it in the line, with --account or HOOKLINE_ACCOUNT" in done.stderr


def test_the_account_of_the_surroundings_is_that_of_lines_without_one(
    shell: CliRunner, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOKLINE_ACCOUNT", "shop")
    done = shell.invoke(app, ["events", "send"], input='{"customer": "c-1", "action": "point_add"}\n')
    assert done.exit_code == 0, done.stderr
    assert [event.account for event in house.log.records(house.topics.customer_events)] == ["shop"]


def test_lines_for_an_account_that_is_not_there_are_named_and_the_others_are_sent(
    shell: CliRunner, house: House
) -> None:
    lines = [
        '{"account": "shop", "customer": "c-1", "action": "point_add"}',
        '{"account": "nosuch", "customer": "c-2", "action": "point_add"}',
        '{"account": "a/b?ü", "customer": "c-3", "action": "point_add"}',
        "[1]",
        '{"account": "shop", "customer": "c-4", "action": "point_add"}',
    ]
    done = shell.invoke(app, ["events", "send"], input="\n".join(lines))
    assert done.exit_code == 1
    assert "line 2: account: there is no account 'nosuch'" in done.stderr
    assert "line 3: account: there is no account 'a/b?ü'" in done.stderr
    assert "line 4: is not an object" in done.stderr
    assert done.stderr.endswith("2 sent, 3 refused\n")
    assert [event.customer for event in house.log.records(house.topics.customer_events)] == ["c-1", "c-4"]


def test_sending_that_cannot_go_on_says_where_it_ended(shell: CliRunner, house: House) -> None:
    house.log.away = True
    done = shell.invoke(app, ["events", "send", "-a", "shop"], input='\n{"customer": "c-1", "action": "point_add"}\n')
    assert done.exit_code == 1
    assert "line 2: sending ends here: it is not known whether this was done" in done.stderr
    assert done.stderr.endswith("0 sent, 0 refused\n")


def test_a_dry_run_says_what_would_be(shell: CliRunner) -> None:
    done = shell.invoke(app, ["apply", "-f", str(EXAMPLE), "--dry-run"])
    assert "would be created   sites receiver" in done.output


def test_a_refused_site_is_told_once(shell: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "account: shop\n"
        "sites:\n  - {name: crm, url: nowhere}\n"
        "subscriptions:\n  - {name: all, site: crm, actions: ['*'], path: 5}\n",
        "utf-8",
    )
    done = shell.invoke(app, ["apply", "-f", str(file)])
    assert done.exit_code == 1
    errors = [line for line in done.stderr.splitlines() if "shop.yaml:" in line]
    assert ["sites.0.url" in errors[0], "subscriptions.0.path" in errors[1]] == [True, True]
    assert len(errors) == 2


def test_a_definition_that_can_name_no_customer_is_warned_of(shell: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "account: shop\nincoming_webhooks:\n  - {name: a, endpoint: a, action: point_add, state: active}\n", "utf-8"
    )
    done = shell.invoke(app, ["apply", "-f", str(file)])
    assert done.exit_code == 0
    assert "shop.yaml:3: incoming_webhooks.0: warning: no mapping gives `customer`" in done.stderr


def test_a_gateway_that_is_not_ready_is_said_while_apply_waits(
    shell: CliRunner, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.cli.apply.STARTING_WITHIN", 0.5)
    monkeypatch.setattr("gateway.cli.apply.SILENT", 0.1)
    house.gate.open = False
    done = shell.invoke(app, ["apply", "-f", str(EXAMPLE)])
    assert "this gateway is starting (503); trying again" in done.stderr
