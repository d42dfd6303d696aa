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
    assert "account: is missing; name it in the line, or with --account" in done.stderr
