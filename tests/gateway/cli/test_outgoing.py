"""`hookline log`, `queue`, `resend`: what they show, what they ask for, how they end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.cli.options import moment
from schemas.records import AttemptStatus, CommandKind
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import NOW, a_delivery, a_message, an_attempt


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    return CliRunner()


@pytest.fixture
def site(house: House) -> str:
    made: dict[str, Any] = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    return str(made["id"])


def put(house: House, site: str, count: int, **attempt: Any) -> None:
    given: dict[str, Any] = {"status": AttemptStatus.FAILED, "response_code": 500, "site_id": site} | attempt
    for number in range(count):
        delivery = a_delivery(delivery_id=f"dlv_{number}", site_id=site, lane=f"{site}/0")
        row = an_attempt(delivery_id=delivery.delivery_id, created_at=NOW + number, **given)
        fold(house, a_message(delivery, offset=number), a_message(row, offset=number))


def test_the_log_is_a_table_with_its_filters(shell: CliRunner, house: House, site: str) -> None:
    put(house, site, 2, customer="[red]\x1b[31m")
    fold(house, a_message(an_attempt(delivery_id="dlv_ok", site_id=site), offset=9))
    shown = shell.invoke(app, ["log", "--status", "failed", "--site", "crm"])
    assert shown.exit_code == 0, shown.output
    assert "dlv_0.0.1" in shown.output
    assert "dlv_1.0.1" in shown.output
    assert "dlv_ok" not in shown.output
    assert "[red]\N{REPLACEMENT CHARACTER}[31m" in shown.output


def test_the_log_as_json_is_one_row_a_line(shell: CliRunner, house: House, site: str) -> None:
    put(house, site, 3)
    shown = shell.invoke(app, ["log", "--json", "--limit", "2", "--since", "2025-01-01"])
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [row["delivery_id"] for row in rows] == ["dlv_2", "dlv_1"]


def test_the_queue_shows_groups_and_rows_and_its_verbs_write_commands(
    shell: CliRunner, house: House, site: str
) -> None:
    assert "nothing is waiting" in shell_after_fold(shell, house).output
    put(house, site, 1, status=AttemptStatus.RESENT)
    shown = shell.invoke(app, ["queue"])
    assert shown.exit_code == 0, shown.output
    assert "retrying" in shown.output
    assert "dlv_0" in shown.output
    assert shell.invoke(app, ["queue", "send-now", "dlv_0"]).stdout.split() == ["dlv_0.0.2"]
    assert shell.invoke(app, ["queue", "cancel", "dlv_0"]).exit_code == 0
    kinds = [each.kind for each in house.log.records(house.topics.commands)]
    assert kinds == [CommandKind.SEND_NOW, CommandKind.CANCEL]


def shell_after_fold(shell: CliRunner, house: House) -> Any:
    fold(house)
    return shell.invoke(app, ["queue"])


def test_one_message_is_sent_again_by_its_attempt(shell: CliRunner, house: House, site: str) -> None:
    put(house, site, 1)
    done = shell.invoke(app, ["resend", "dlv_0.0.1"])
    (command,) = house.log.records(house.topics.commands)
    assert done.stdout.split() == [f"dlv_0.{command.id}.1"]
    assert shell.invoke(app, ["resend", "dlv_0.0.1", "--status", "failed"]).exit_code == 2


def test_a_dry_run_counts_and_sends_nothing(shell: CliRunner, house: House, site: str) -> None:
    put(house, site, 3)
    done = shell.invoke(app, ["resend", "--status", "failed", "--site", "crm", "--since", "2000d", "--dry-run"])
    assert (done.exit_code, done.stdout.strip()) == (0, "3"), done.output
    assert "3 messages match (3 x 500)" in done.stderr
    assert house.log.records(house.topics.operations) == []


def test_many_are_not_sent_without_a_yes(shell: CliRunner, house: House, site: str) -> None:
    put(house, site, 3)
    done = shell.invoke(app, ["resend", "--status", "failed"])
    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert house.log.records(house.topics.operations) == []


def test_a_wrong_filter_is_a_sentence(shell: CliRunner, house: House) -> None:
    fold(house)
    assert "filter.status" in str(shell.invoke(app, ["resend", "--status", "lost", "--dry-run"]).exception)
    assert shell.invoke(app, ["log", "--since", "yesterday"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-24", "2026-11-24T00:00:00.000Z"),
        ("2026-11-24T09:00:00+01:00", "2026-11-24T08:00:00.000Z"),
        ("2026-11-24T09:00:00.5Z", "2026-11-24T09:00:00.500Z"),
    ],
)
def test_a_time_is_what_the_api_takes(text: str, found: str) -> None:
    assert moment("--since", text) == found
