"""The two keys that `hookline up` makes when none is set: files in DATA_DIR that only their owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from schemas.settings import Settings

__all__ = ["make_missing", "operator_key", "operator_key_file"]

OWNER_ONLY = 0o600


def operator_key_file(data_dir: Path) -> Path:
    """Where the generated operator key lies."""
    return data_dir / "operator.key"


def operator_key(settings: Settings) -> str | None:
    """The operator's API key as far as this process knows it."""
    if settings.operator_key is not None:
        return settings.operator_key.get_secret_value()
    try:
        return operator_key_file(settings.data_dir).read_text("ascii").strip() or None
    except OSError:
        return None


def make_missing(settings: Settings) -> None:
    """Write the keys that are neither set nor there yet."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.secret_key is None:
        write_once(settings.data_dir / "secret.key", lambda: secrets.token_urlsafe(32))
    if settings.operator_key is None:
        write_once(operator_key_file(settings.data_dir), lambda: f"hk_{secrets.token_urlsafe(32)}")


def write_once(path: Path, make: Callable[[], str]) -> None:
    """Write the file whole or not at all: a key cut short by a kill would lock the secrets away."""
    if path.exists():
        return
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
        file.write(make() + "\n")
    partial.rename(path)
