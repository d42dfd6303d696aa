"""A filename format's form: which placeholders there are, and what can be saved (docs: outgoing messages to S3).

What a format becomes for a message is decided in `streams/core/filenames.py`.
"""

from __future__ import annotations

import re

from schemas.definitions.subscriptions import PLACEHOLDER
from schemas.paths import path_problem

__all__ = ["DATE_DIRECTIVES", "DEFAULT_FILENAME", "filename_problem"]

DEFAULT_FILENAME = "{action}-{date}-{id}.{ext}"
MAX_FILENAME = 512  # characters of the format
PLAIN = ("id", "account", "customer", "action", "timestamp", "date", "time", "ext")
# Those of C's strftime that mean the same on every machine; %c, %x, %X and the time zones do not.
DATE_DIRECTIVES = frozenset("aAbBdFfGHIjmMpSTuUVwWyY%")
DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)


def filename_problem(text: str) -> str | None:
    """What is wrong with a filename format; None where nothing is."""
    if len(text) > MAX_FILENAME or not text.isprintable():
        return f"a filename format has at most {MAX_FILENAME} characters, all of them printable"
    for name in PLACEHOLDER.findall(text):
        if problem := placeholder_problem(name):
            return problem
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        return "a { has no }, or the other way round"
    if not all(segment not in ("", ".", "..") for segment in filled(text).split("/")):
        return "no part between the slashes may be empty, `.` or `..`; a filename neither begins nor ends with /"
    return None


def placeholder_problem(name: str) -> str | None:
    root, colon, form = name.partition(":")
    if root == "date" and colon:
        return date_problem(form)
    root, _, rest = name.partition(".")
    if name in PLAIN or (root == "data" and not path_problem(rest)):
        return None
    known = ", ".join(f"{{{each}}}" for each in (*PLAIN, "date:FORMAT", "data.PATH"))
    return f"{{{name}}} is none of {known}"


def date_problem(form: str) -> str | None:
    if not form:
        return "{date:} has no format, such as {date:%Y/%m/%d}"
    wrong = next((found for found in DIRECTIVE.findall(form) if found not in DATE_DIRECTIVES or not found), None)
    if wrong is None:
        return None
    return f"{{date:{form}}}: %{wrong} is none of {' '.join('%' + each for each in sorted(DATE_DIRECTIVES))}"


def filled(text: str) -> str:
    """The format with something in each placeholder; a date keeps its slashes."""

    def fill(name: str) -> str:
        return DIRECTIVE.sub("x", name.removeprefix("date:")) if name.startswith("date:") else "x"

    return PLACEHOLDER.sub(lambda match: fill(match[1]), text)
