"""docker-compose.yml: the same Kafka as the local one, and one service a role, for people who have Docker."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from gateway.up import jars, local_kafka
from schemas.settings import Settings
from schemas.topics import MAX_MESSAGE_BYTES

ROLES = ("gateway", "streams", "courier", "projector")
FILE = Path(__file__).parents[2] / "docker-compose.yml"


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text("utf-8"))
    return found


def test_it_is_the_version_of_the_jars(compose: dict[str, Any]) -> None:
    version = next(jar.coordinate.split(":")[2] for jar in jars.locked() if ":kafka-clients:" in jar.coordinate)
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version}"


def test_it_listens_where_hookline_looks_for_a_local_kafka_and_on_this_machine_only(compose: dict[str, Any]) -> None:
    listen = Settings.model_validate({}).local_kafka_listen
    kafka = compose["services"]["kafka"]
    assert kafka["ports"] == [f"{listen}:9092"]
    assert kafka["environment"]["KAFKA_ADVERTISED_LISTENERS"] == f"PLAINTEXT://{listen},INSIDE://kafka:9094"
    assert f"HOOKLINE_KAFKA_BOOTSTRAP_SERVERS={listen}" in FILE.read_text("utf-8")


def test_it_takes_every_record_that_a_topic_takes_and_makes_no_topic_by_itself(compose: dict[str, Any]) -> None:
    environment = compose["services"]["kafka"]["environment"]
    assert int(environment["KAFKA_MESSAGE_MAX_BYTES"]) == MAX_MESSAGE_BYTES + 64 * 1024
    assert f"message.max.bytes={environment['KAFKA_MESSAGE_MAX_BYTES']}" in local_kafka.PROPERTIES.format(
        listen="", controller=1, message_bytes=MAX_MESSAGE_BYTES + 64 * 1024, offsets_minutes=1
    )
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_every_value_of_its_environment_is_text_as_compose_wants_it(compose: dict[str, Any]) -> None:
    for name, value in compose["services"]["kafka"]["environment"].items():
        assert name.startswith("KAFKA_")
        assert isinstance(value, str), name


def test_each_role_is_a_service_that_is_started_only_when_it_is_asked_for(compose: dict[str, Any]) -> None:
    commands = {name: each["command"] for name, each in compose["services"].items() if "command" in each}
    assert commands == {"topics": ["topics", "create"], **{role: [role] for role in ROLES}}
    started = {name for name, each in compose["services"].items() if "roles" not in each.get("profiles", [])}
    assert started == {"kafka"}
    for role in ROLES:
        environment = compose["services"][role]["environment"]
        assert environment["HOOKLINE_KAFKA_BOOTSTRAP_SERVERS"] == "kafka:9094"
        given = {name: value for name, value in environment.items() if not value.startswith("${")}
        Settings.model_validate({name.removeprefix("HOOKLINE_").lower(): value for name, value in given.items()})
        assert {name.removeprefix("HOOKLINE_").lower() for name in environment} <= Settings.model_fields.keys()


def test_its_data_outlives_the_container(compose: dict[str, Any]) -> None:
    kafka = compose["services"]["kafka"]
    volume, _, folder = kafka["volumes"][0].partition(":")
    assert volume in compose["volumes"]
    assert folder == kafka["environment"]["KAFKA_LOG_DIRS"]


def test_it_is_what_the_compose_specification_wants(compose: dict[str, Any]) -> None:
    folder = metadata.distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor")
    schema = json.loads((Path(str(folder)) / "compose-spec.json").read_text("utf-8"))
    jsonschema.validate(compose, schema)
