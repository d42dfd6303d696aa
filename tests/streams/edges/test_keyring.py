"""The keyring: sealed with the newest key, opened with whichever is named, and never silently wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SecretUnreadable
from schemas.settings import Settings
from streams.edges.keyring import Keyring, keyring_of

OLD, NEW = Keyring(["old"]), Keyring(["new", "old"])


@given(st.binary(max_size=100))
def test_what_is_sealed_is_opened(plain: bytes) -> None:
    assert OLD.open(OLD.seal(plain)) == plain


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert OLD.seal(b"x") != OLD.seal(b"x")


def test_an_older_key_is_still_read_and_the_newest_is_written() -> None:
    assert NEW.open(OLD.seal(b"x")) == b"x"
    with pytest.raises(SecretUnreadable, match="HOOKLINE_SECRET_KEYS"):
        OLD.open(NEW.seal(b"x"))


def test_a_ciphertext_that_was_changed_is_not_opened() -> None:
    sealed = OLD.seal(b"secret")
    version, name, text = sealed.split(".")
    for changed in (f"{version}.{name}.{text[:-6]}AAAA==", f"{version}.{name}.{text[4:]}", f"{version}.{name}."):
        with pytest.raises(SecretUnreadable, match="was changed"):
            OLD.open(changed)


@given(st.text(max_size=60))
def test_garbage_is_unreadable_and_nothing_else(text: str) -> None:
    with pytest.raises(SecretUnreadable):
        OLD.open(text)


@given(st.text(max_size=40))
def test_garbage_behind_a_known_key_is_unreadable_and_nothing_else(text: str) -> None:
    name = OLD.seal(b"").split(".")[1]
    with pytest.raises(SecretUnreadable):
        OLD.open(f"v1.{name}.{text}")


def test_no_error_shows_a_secret_or_a_key() -> None:
    with pytest.raises(SecretUnreadable) as caught:
        OLD.open(Keyring(["other"]).seal(b"t0psecret"))
    assert "t0psecret" not in str(caught.value)
    assert "old" not in str(caught.value)


def test_the_key_comes_from_the_setting_or_the_file(tmp_path: Path) -> None:
    with pytest.raises(SecretUnreadable, match="HOOKLINE_SECRET_KEY"):
        keyring_of(Settings(data_dir=tmp_path))
    (tmp_path / "secret.key").write_text("from the file\n", "utf-8")
    assert keyring_of(Settings(data_dir=tmp_path)).open(Keyring(["from the file"]).seal(b"x")) == b"x"
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "secret_key": "a new and long secret", "secret_keys": "old, older"}
    )
    assert keyring_of(settings).open(OLD.seal(b"x")) == b"x"
