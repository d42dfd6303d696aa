"""What can be saved as a filename format."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.definitions.filenames import DATE_DIRECTIVES, DEFAULT_FILENAME, filename_problem


@pytest.mark.parametrize(
    "form",
    [
        DEFAULT_FILENAME,
        "{id}{account}{customer}{action}{timestamp}{date}{time}{ext}",
        "{date:%Y/%m/%d}/{data.order.id}.{ext}",
        "fixed name \u00fc.json",
        "{date:%d.%m.%Y %H:%M:%S %%}",
        "a/...",
        "x" * 512,
    ],
)
def test_a_good_format_has_no_problem(form: str) -> None:
    assert filename_problem(form) is None


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("{name}.json", "{name} is none of {id}, {account}"),
        ("{ID}", "{ID} is none of"),
        ("{}", "{} is none of"),
        ("{ id }", "{ id } is none of"),
        ("{data}", "{data} is none of"),
        ("{data.}", "{data.} is none of"),
        ("{data.a..b}", "{data.a..b} is none of"),
        ("{customer.x}", "{customer.x} is none of"),
        ("{time:%H}", "{time:%H} is none of"),
        ("{date:}", "no format, such as {date:%Y/%m/%d}"),
        ("{date:%Q}", "%Q is none of"),
        ("{date:%c}", "%c is none of"),
        ("{date:%Z}", "%Z is none of"),
        ("{date:%Y%}", "% is none of"),
        ("{id", "a { has no }"),
        ("id}", "a { has no }"),
        ("{{id}}", "a { has no }"),
        ("/a", "no part between the slashes"),
        ("a/", "no part between the slashes"),
        ("a//b", "no part between the slashes"),
        ("../{id}", "no part between the slashes"),
        ("a/./b", "no part between the slashes"),
        ("{id}/..", "no part between the slashes"),
        ("{date:/%Y}", "no part between the slashes"),
        ("", "no part between the slashes"),
        ("a\r\nb", "printable"),
        ("x" * 513, "at most 512 characters"),
    ],
)
def test_a_bad_format_is_told_what_is_wrong(form: str, said: str) -> None:
    assert said in (filename_problem(form) or "")


@pytest.mark.parametrize("directive", sorted(DATE_DIRECTIVES))
def test_every_directive_gives_something_that_can_stand_in_a_name(directive: str) -> None:
    rendered = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).strftime(f"%{directive}")
    assert rendered
    assert rendered != f"%{directive}"
    assert "/" not in rendered
