"""The generated keys: made once, for their owner only, and not where one is set."""

from __future__ import annotations

from pathlib import Path

from gateway import keys
from schemas.settings import Settings


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings.model_validate({"data_dir": folder} | more)


def test_both_keys_are_made_for_their_owner_only(tmp_path: Path) -> None:
    keys.make_missing(settings_of(tmp_path / "new"))
    for name in ("secret.key", "operator.key"):
        file = tmp_path / "new" / name
        assert file.stat().st_mode & 0o777 == 0o600
        assert len(file.read_text("ascii").strip()) > 40


def test_a_key_that_is_there_stays(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    keys.make_missing(settings)
    first = keys.operator_key(settings)
    keys.make_missing(settings)
    assert keys.operator_key(settings) == first


def test_a_key_that_is_set_is_not_written_to_a_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, operator_key="hk_given", secret_key="given, and long enough")
    keys.make_missing(settings)
    assert list(tmp_path.iterdir()) == []
    assert keys.operator_key(settings) == "hk_given"


def test_a_half_written_key_of_a_killed_start_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "operator.partial").write_text("hk_hal", "ascii")
    keys.make_missing(settings_of(tmp_path))
    assert (keys.operator_key(settings_of(tmp_path)) or "").startswith("hk_")
    assert not (tmp_path / "operator.partial").exists()


def test_without_any_key_there_is_none(tmp_path: Path) -> None:
    assert keys.operator_key(settings_of(tmp_path)) is None
