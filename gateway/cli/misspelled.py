"""Warns of environment variables that look like settings and are none: a slip would change nothing, silently."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator

from gateway.up import tether

__all__ = ["warn_of_unknown_settings"]

PREFIX = "HOOKLINE_"
# Read elsewhere: by the command line's client, by tests, and between a supervisor and its roles.
OTHERS = {
    "HOOKLINE_URL",
    "HOOKLINE_API_KEY",
    "HOOKLINE_ACCOUNT",
    "HOOKLINE_PROVE",
    "HOOKLINE_CRASH_AT",
    tether.VARIABLE,
}


def warn_of_unknown_settings() -> None:
    """One line for each, on standard error; a role leaves it to the supervisor that started it."""
    given = {name for name in os.environ if name.upper().startswith(PREFIX)}
    if given <= OTHERS or tether.VARIABLE in given:
        return
    from schemas.settings import Settings

    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for line in warnings(given, known | OTHERS):
        sys.stderr.write(f"hookline: {line}\n")


def warnings(given: set[str], known: set[str]) -> Iterator[str]:
    for name in sorted(given):
        if name.upper() not in known:  # the case of a setting's name does not count
            near = difflib.get_close_matches(name.upper(), known - {tether.VARIABLE}, 1, 0.75)
            hint = f"; do you mean {near[0]}?" if near else ""
            yield f"{name} is set and is no setting: it does nothing{hint}"
