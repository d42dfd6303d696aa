"""The jars: locked by name and checksum, fetched once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.up import jars
from gateway.up.errors import JarsMissing


def test_every_line_of_the_lock_is_a_coordinate_and_a_sha256_and_no_address() -> None:
    text = jars.LOCK_FILE.read_text("utf-8")
    assert "://" not in text
    for jar in jars.locked():
        assert re.fullmatch(r"[\w.-]+:[\w.-]+:[\w.-]+", jar.coordinate)
        assert re.fullmatch(r"[0-9a-f]{64}", jar.sha256)


def test_the_clients_have_the_version_of_the_broker() -> None:
    versions = {jar.coordinate.split(":")[1]: jar.coordinate.split(":")[2] for jar in jars.locked()}
    assert versions["kafka-clients"] == versions["kafka_2.13"] == versions["kafka-tools"] == "4.3.1"


def test_no_artifact_is_on_the_class_path_in_two_versions() -> None:
    artifacts = [jar.coordinate.rpartition(":")[0] for jar in jars.locked()]
    assert len(artifacts) == len(set(artifacts))


def test_a_second_fetch_downloads_nothing() -> None:
    assert jars.fetch() == 0


def test_a_jar_that_is_not_there_names_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(JarsMissing, match="hookline kafka fetch"):
        jars.class_path(tmp_path)


def test_a_changed_jar_is_not_taken_for_the_locked_one(tmp_path: Path) -> None:
    jar = jars.locked()[0]
    (tmp_path / jar.file_name).write_bytes(b"something else")
    assert not jars._is_good(tmp_path / jar.file_name, jar)
