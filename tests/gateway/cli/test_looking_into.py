"""`hookline trace` and `hookline rejected`: what they show and what they ask for."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from schemas.records import AttemptStatus, RejectedReason
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_delivery, a_message, a_rejected, a_request, an_attempt, an_event


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    return CliRunner()


def test_a_trace_is_a_line_a_step(shell: CliRunner, house: House) -> None:
    site = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})["id"]
    house.made("POST", "/v1/shop/subscriptions", {"name": "welcome", "site_id": site, "actions": ["opt_in"]})
    offset = house.log.configuration.offset
    failed = an_attempt(status=AttemptStatus.FAILED, response_code=503, customer="[red]c-1\x1b[1m")
    fold(
        house,
        a_message(a_request()),
        a_message(an_event(customer="[red]c-1\x1b[1m")),
        a_message(a_delivery(config_offset=offset)),
        a_message(failed),
    )
    shown = shell.invoke(app, ["trace", "dlv_1.0.1"])
    assert shown.exit_code == 0, shown.output
    words = shown.output.split()
    for word in ("req_1", "evt_1", "dlv_1", "503", "failed", "welcome", "[red]c-1\N{REPLACEMENT CHARACTER}[1m"):
        assert any(word in each for each in words), shown.output
    assert "action point_add is not listed" in shown.output
    whole = json.loads(shell.invoke(app, ["trace", "evt_1", "--json"]).stdout)
    assert whole["event"]["id"] == "evt_1"


def test_rejected_records_are_listed_shown_and_dismissed(shell: CliRunner, house: House) -> None:
    mine = a_rejected(account="shop", reason=RejectedReason.INVALID_EVENT, detail="must be text", path="customer")
    fold(house, a_message(mine), a_message(a_rejected(offset=5), offset=1))
    shown = shell.invoke(app, ["rejected"])
    assert shown.exit_code == 0, shown.output
    assert "customer-events.0.4" in shown.output
    assert "customer-events.0.5" not in shown.output
    assert "customer-events.0.5" in shell.invoke(app, ["rejected", "--no-account"]).output
    assert json.loads(shell.invoke(app, ["rejected", "show", "customer-events.0.4"]).stdout)["value"] == "junk"
    assert shell.invoke(app, ["rejected", "retry", "customer-events.0.4"]).exit_code == 1
    assert shell.invoke(app, ["rejected", "dismiss", "customer-events.0.4"]).stdout.split() == ["dismissed"]
    fold(house)
    assert shell.invoke(app, ["rejected", "--json"]).stdout == ""
    (row,) = map(json.loads, shell.invoke(app, ["rejected", "--json", "--state", "all"]).stdout.splitlines())
    assert row["state"] == "dismissed"
