"""`hookline sites test`: which site, what it prints, how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.gateway.house import OPERATOR, House
from tests.journeys.receiver import Answer, Receiver


@pytest.fixture
def shell(house: House, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)
    return CliRunner()


@pytest.fixture
def sites() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.stop()


def test_the_exchange_is_shown_and_a_success_ends_with_0(shell: CliRunner, house: House, sites: Receiver) -> None:
    sites.script("/hooks", Answer(200, b"taken \x1b[31mred"))
    house.made("POST", "/v1/shop/sites", {"name": "crm", "url": sites.url("/hooks")})
    done = shell.invoke(app, ["sites", "test", "crm"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == f"> POST {sites.url('/hooks')}"
    assert "< 200" in lines
    assert "< taken \N{REPLACEMENT CHARACTER}[31mred" in lines
    assert lines[-1].startswith("done (200) in ")


def test_a_failure_says_why_and_ends_with_1(shell: CliRunner, house: House) -> None:
    house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "http://127.0.0.1:1/"})
    done = shell.invoke(app, ["sites", "test", "crm", "-a", "shop"])
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1].startswith("failed (connect) in ")


def test_an_unknown_site_and_an_unclear_account_are_one_sentence(shell: CliRunner, house: House) -> None:
    unknown = shell.invoke(app, ["sites", "test", "nobody"])
    assert "the account shop has no site 'nobody'" in str(unknown.exception)
    house.made("PUT", "/v1/accounts/second")
    unclear = shell.invoke(app, ["sites", "test", "crm"])
    assert "name the account: --account NAME, or set HOOKLINE_ACCOUNT; there are " in str(unclear.exception)
