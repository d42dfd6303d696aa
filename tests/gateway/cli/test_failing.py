"""Errors on the command line: one line, a code, no traceback, no secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.failing import in_one_line
from gateway.cli.misspelled import warn_of_unknown_settings
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


HELPED = """
import sys
from gateway.cli.main import app
try:
    app()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_the_help_is_there_at_once() -> None:
    """What takes long to import is not, for a word of help."""
    command = [sys.executable, "-c", HELPED, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "courier" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & {
        "aiohttp",
        "aiokafka",
        "botocore",
        "confluent_kafka",
        "cryptography",
        "fastavro",
        "faust",
        "pycurl",
        "sqlalchemy",
    }


def test_a_file_to_apply_that_is_not_there_is_said_before_anything_starts(tmp_path: Path) -> None:
    done = run("up", "--apply", "nowhere.yaml", data_dir=tmp_path / "data")
    assert (done.returncode, done.stderr) == (1, "hookline: --apply nowhere.yaml: there is no such file\n")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen": "8080"}, "HOOKLINE_LISTEN: '8080' is not an address and a port such as 127.0.0.1:8080"),
        ({"kafka_security_protocol": "foo"}, "HOOKLINE_KAFKA_SECURITY_PROTOCOL: must be one of PLAINTEXT, SSL"),
        ({"partitions": "many"}, "HOOKLINE_PARTITIONS: must be a whole number"),
        ({"database_url": "mysql://x"}, "HOOKLINE_DATABASE_URL: must name an SQLite file"),
        ({"secret_key": "short"}, "HOOKLINE_SECRET_KEY: must have at least 16 characters"),
        ({"data_dir": "/proc/x"}, "HOOKLINE_DATA_DIR=/proc/x cannot be used"),
        (
            {"kafka_bootstrap_servers": "127.0.0.1:1", "kafka_ssl_ca_location": "/x", "kafka_security_protocol": "SSL"},
            "the Kafka client does not take the settings HOOKLINE_KAFKA_*",
        ),
    ],
)
def test_up_with_a_wrong_setting_is_one_line(settings: dict[str, object], said: str, tmp_path: Path) -> None:
    done = run("up", **({"data_dir": tmp_path / "data", "listen": f"127.0.0.1:{free_port()}"} | settings))
    lines = [line for line in done.stderr.splitlines() if "stopped; the data stays" not in line]
    assert done.returncode in {1, 2}
    assert len(lines) == 1
    assert lines[0].startswith(f"hookline: {said}")


def test_a_misspelled_setting_is_warned_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HOOKLINE_KAFKA_BOOTSTRAP_SERVER", "127.0.0.1:1")
    monkeypatch.setenv("HOOKLINE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HOOKLINE_listen", "127.0.0.1:1")
    warn_of_unknown_settings()
    assert capsys.readouterr().err == (
        "hookline: HOOKLINE_KAFKA_BOOTSTRAP_SERVER is set and is no setting: it does nothing; "
        "do you mean HOOKLINE_KAFKA_BOOTSTRAP_SERVERS?\n"
    )


def test_the_version_is_shown() -> None:
    assert run("--version").stdout.startswith("hookline 0.")


def test_the_store_is_made_by_hand_for_its_owner_alone(tmp_path: Path) -> None:
    done = run("db", "upgrade", data_dir=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "hookline.db").stat().st_mode & 0o777 == 0o600


def test_the_help_of_a_console_tool_is_named() -> None:
    assert "consumer-groups" in run("kafka", "tool", "--help").stdout
