"""Errors on the command line: one line, a code, no traceback, no secret."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from gateway.cli.failing import in_one_line
from schemas.errors import KafkaUnavailable
from tests.broker import HOOKLINE, environment
from tests.waiting import free_port


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HOOKLINE, *arguments], env=environment(**settings), capture_output=True, text=True, timeout=60, check=False
    )


def test_an_error_of_ours_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped, in_one_line():
        raise KafkaUnavailable("Kafka is away")
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "hookline: Kafka is away\n"


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), in_one_line():
        raise ZeroDivisionError


def test_a_wrong_setting_is_named_and_its_value_is_not_repeated() -> None:
    done = run("topics", "list", partitions="many", secret_keys="s3cret", allowed_networks="nowhere")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "HOOKLINE_PARTITIONS" in done.stderr
    assert "HOOKLINE_ALLOWED_NETWORKS" in done.stderr
    assert "s3cret" not in done.stderr


def test_an_unreachable_kafka_is_one_line_that_says_what_to_do() -> None:
    done = run("topics", "list", kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "HOOKLINE_KAFKA_BOOTSTRAP_SERVERS" in done.stderr


def test_the_help_is_there_at_once() -> None:
    begun = time.monotonic()
    assert "courier" in run("--help").stdout
    assert time.monotonic() - begun < 2


def test_a_file_to_apply_that_is_not_there_is_said_before_anything_starts(tmp_path: Path) -> None:
    done = run("up", "--apply", "nowhere.yaml", data_dir=tmp_path / "data")
    assert (done.returncode, done.stderr) == (1, "hookline: --apply nowhere.yaml: there is no such file\n")
    assert not (tmp_path / "data").exists()
