"""Lines of all roles on one terminal."""

from __future__ import annotations

import pytest

from gateway.up.console import Console


def test_each_line_has_its_role_in_front(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(("kafka", "projector"))
    console.say("kafka", "up")
    console.say("hookline", "made 16 topics")
    console.say("", "curl ...")
    assert capsys.readouterr().out == "kafka     | up\nhookline  | made 16 topics\ncurl ...\n"


def test_lines_for_machines_pass_as_they_are_and_ours_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(("kafka",), plain=True)
    console.say("kafka", '{"event": "up"}')
    console.say("hookline", "made 16 topics")
    said = capsys.readouterr()
    assert (said.out, said.err) == ('{"event": "up"}\n', "made 16 topics\n")
