"""`hookline reprocess` and `incoming-log` against a gateway: what would come of it, a question, and what came."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from gateway.api import reprocessing
from gateway.cli import watching
from gateway.cli.main import app
from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.gateway.jobs import Jobs
from tests.waiting import eventually


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    made = house.webhook()
    assert house.post("points", {"client": "c-1", "points": 3}).status == 422
    mapping = [{"from": "client", "to": "customer"}]
    house.made("PUT", f"/v1/shop/incoming-webhooks/{made['id']}", made | {"mapping": mapping})
    fold(house)
    return CliRunner()


def test_it_asks_before_it_runs(shell: CliRunner, house: House) -> None:
    arguments = ["reprocess", "--outcome", "invalid", "--since", "1h"]
    no = shell.invoke(app, arguments, input="n\n")
    assert no.exit_code == 0, no.output
    assert "would be: 1 accepted" in no.output
    assert len(house.requests) == 1
    yes = shell.invoke(app, arguments, input="y\n")
    assert f"1 accepted (run {house.requests[1].run_id})" in yes.output


def test_a_dry_run_runs_nothing_and_says_why_some_would_fail(shell: CliRunner, house: House) -> None:
    done = shell.invoke(app, ["reprocess", house.requests[0].id, "--dry-run"])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[1].split() == [house.requests[0].id, "accepted", "c-1"]
    assert len(house.requests) == 1


def test_more_than_an_answer_holds_is_a_job_that_is_waited_for(
    shell: CliRunner, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reprocessing, "AT_ONCE", 0)
    jobs = Jobs(house)
    jobs.own()

    def goes_on(*_: object) -> None:
        jobs.feed()
        eventually(jobs.idle)
        fold(house)

    monkeypatch.setattr(watching, "sleep", goes_on)
    dry = shell.invoke(app, ["reprocess", house.requests[0].id, "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "would be: 1 accepted\n" in dry.output
    done = shell.invoke(app, ["reprocess", house.requests[0].id, "--yes"])
    assert f"1 accepted (run {house.requests[1].run_id})" in done.output
    assert house.requests[1].run_id != "dry"


def test_nothing_chosen_is_a_wrong_call(shell: CliRunner) -> None:
    assert shell.invoke(app, ["reprocess"]).exit_code == 2


def test_the_incoming_log_is_a_table_that_says_why(shell: CliRunner, house: House) -> None:
    shown = shell.invoke(app, ["incoming-log", "--outcome", "invalid"])
    assert shown.exit_code == 0, shown.output
    assert "invalid" in shown.output
    assert "customer: is missing" in shown.output
    (line,) = shell.invoke(app, ["incoming-log", "--json", "--since", "1h"]).output.splitlines()
    assert json.loads(line)["id"] == house.requests[0].id
