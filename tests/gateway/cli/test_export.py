"""`hookline export` and `hookline apply --prune`, `--state`: what they write, ask and change."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from tests.gateway.configured import CONFIGURED
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import OPERATOR, House

PATH = "/v1/shop/configuration"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, house: House) -> CliRunner:
    speak_with(house, monkeypatch)
    return CliRunner()


def speak_with(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_URL", f"http://127.0.0.1:{house.port}")
    monkeypatch.setenv("HOOKLINE_API_KEY", OPERATOR)


def test_export_apply_into_an_empty_hookline_and_export_again_is_identical(
    shell: CliRunner, house: House, make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.made("PUT", PATH, CONFIGURED)
    backup = tmp_path / "shop.yaml"
    assert shell.invoke(app, ["export", "--with-secrets", "-o", str(backup)]).exit_code == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    first = shell.invoke(app, ["export"]).stdout
    speak_with(make_house(), monkeypatch)
    part, lines = tmp_path / "part.yaml", backup.read_text("utf-8").splitlines(keepends=True)
    part.write_text("".join(lines[:-7]), "utf-8")  # YAML all the same: a copy that broke off at a line's end
    refused = shell.invoke(app, ["apply", "-f", str(part)])
    assert (refused.exit_code, "was cut off" in refused.output + str(refused.exception)) == (1, True)
    done = shell.invoke(app, ["apply", "-f", str(backup)])
    assert done.exit_code == 0, done.output
    assert shell.invoke(app, ["export", "--account", "shop"]).stdout == first
    assert "s3cret" not in first + backup.read_text("utf-8")


def test_prune_shows_what_goes_and_asks(shell: CliRunner, house: House, tmp_path: Path) -> None:
    house.made("PUT", PATH, CONFIGURED)
    file = tmp_path / "shop.yaml"
    file.write_text("account: shop\nsites:\n  - {name: crm, url: 'https://crm.example/hooks'}\n", "utf-8")
    said = shell.invoke(app, ["apply", "-f", str(file), "--prune"], input="n\n")
    assert said.exit_code == 1
    assert "would be archived  incoming_webhooks points" in said.output
    assert "are not named in" in said.output
    assert len(house.made("GET", "/v1/shop/subscriptions")["items"]) == 2
    done = shell.invoke(app, ["apply", "-f", str(file), "--prune"], input="y\n")
    assert done.exit_code == 0, done.output
    assert "archived  sites signed" in done.output
    assert house.made("GET", "/v1/shop/subscriptions")["items"] == []
    again = shell.invoke(app, ["apply", "-f", str(file), "--prune"])
    assert (again.exit_code, again.output.splitlines()) == (0, ["1 unchanged"])


def test_state_is_taken_when_it_is_asked_for(shell: CliRunner, house: House, tmp_path: Path) -> None:
    house.made("PUT", PATH, CONFIGURED)
    file = tmp_path / "shop.yaml"
    file.write_text(
        "account: shop\nsites:\n  - {name: signed, url: 'https://signed.example/', state: active}\n", "utf-8"
    )
    content = ["apply", "-f", str(file)]
    shell.invoke(app, content)
    assert states(house)["signed"] == "inactive"
    assert shell.invoke(app, [*content, "--state"]).exit_code == 0
    assert states(house)["signed"] == "active"


def states(house: House) -> dict[str, str]:
    return {each["name"]: each["state"] for each in house.made("GET", "/v1/shop/sites")["items"]}
