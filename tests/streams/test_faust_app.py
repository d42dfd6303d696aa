"""The Faust app as it is built: the settings that were measured, and a batch that is never left half done."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.errors import KafkaUnavailable
from schemas.settings import Settings
from streams import faust_app
from streams.agents.hop import Hop, SourceRecord
from streams.faust_app import build_app, record_of, to_its_end

HOPS = [Hop(name, f"hookline.{name}-source", "hookline.rejected", lambda *_: ()) for name in ("map", "route")]


class Ended(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []

    def end(reason: str) -> None:
        said.append(reason)
        raise Ended

    monkeypatch.setattr(faust_app, "end_now", end)
    return said


async def nothing(_: Hop, __: Sequence[SourceRecord]) -> None:
    """Carries nothing."""


def test_the_app_has_the_settings_that_were_measured(tmp_path: Path) -> None:
    settings = Settings(kafka_bootstrap_servers="one:9092, two:9093", topic_prefix="p.", data_dir=tmp_path)
    app = build_app(settings, HOPS, nothing, "streams-1")
    conf: Any = app.conf
    assert conf.id == "p.streams"
    assert [str(url) for url in conf.broker] == ["kafka://one:9092", "kafka://two:9093"]
    assert conf.consumer_group_instance_id == "streams-1"
    assert (conf.broker_commit_interval, conf.broker_max_poll_records) == (0.25, 5000)
    assert conf.broker_max_poll_interval == 2_000_000
    assert (conf.web_enabled, conf.topic_allow_declare, conf.topic_disable_leader) == (False, False, True)
    assert conf.table_standby_replicas == 0
    assert conf.processing_guarantee.value == "at_least_once"
    agents = {name: agent for name, agent in app.agents.items() if not name.startswith("@")}
    assert {agent.channel.topics[0] for agent in agents.values()} == {hop.topic for hop in HOPS}
    assert {agent.concurrency for agent in agents.values()} == {1}


def test_importing_makes_no_app_and_connects_to_nothing() -> None:
    code = "import streams.faust_worker, faust.app.base, gc; from faust import App; "
    code += "assert not [o for o in gc.get_objects() if type(o) is App]"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("more", "protocol"),
    [
        ({}, None),
        ({"kafka_security_protocol": "PLAINTEXT"}, None),
        ({"kafka_security_protocol": "SSL"}, "SSL"),
        ({"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_sasl_mechanism": "PLAIN"}, "SASL_PLAINTEXT"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "SCRAM-SHA-512"}, "SASL_SSL"),
    ],
)
def test_credentials_are_those_of_the_settings(more: dict[str, Any], protocol: str | None) -> None:
    settings = Settings.model_validate({"kafka_sasl_username": "u", "kafka_sasl_password": "p4ss"} | more)
    found = faust_app.credentials(settings)
    assert (found and found.protocol.value) == protocol
    if protocol and protocol.startswith("SASL"):
        assert (found.username, found.password, found.mechanism.value) == ("u", "p4ss", more["kafka_sasl_mechanism"])
        assert "p4ss" not in repr(found)


def test_a_record_is_taken_as_it_is() -> None:
    message = SimpleNamespace(
        topic="t", partition=1, offset=2, timestamp=1764000000.0015, key=None, value=b"v", headers=[("a", b"1")]
    )
    assert record_of(message) == SourceRecord("t", 1, 2, 1764000000002, None, b"v", (("a", b"1"),))
    bare = SimpleNamespace(topic="t", partition=0, offset=0, timestamp=None, key=None, value=None, headers=None)
    assert record_of(bare) == SourceRecord("t", 0, 0, -1, None, None, ())


@pytest.mark.parametrize("milliseconds", [1_764_000_000_001, 1_764_000_000_999, 1_999_999_999_999, 4_102_444_799_999])
def test_a_timestamp_survives_being_seconds(milliseconds: int) -> None:
    message = SimpleNamespace(
        topic="t", partition=0, offset=0, timestamp=milliseconds / 1000.0, key=None, value=None, headers=None
    )
    assert record_of(message).timestamp == milliseconds


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_a_cancel_waits_for_the_batch_and_is_raised_then(ended: list[str]) -> None:
    steps: list[str] = []

    async def scenario() -> None:
        gate = asyncio.Event()

        async def carrying() -> None:
            await gate.wait()
            steps.append("carried")

        body = asyncio.create_task(to_its_end(carrying()))
        await asyncio.sleep(0)
        for _ in range(3):
            body.cancel()
            await asyncio.sleep(0)
            assert not body.done()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await body
        steps.append("left")

    run(scenario)
    assert (steps, ended) == (["carried", "left"], [])


@pytest.mark.parametrize("error", [KafkaUnavailable("no word"), ValueError("a fault of ours")])
def test_a_batch_that_fails_ends_the_process_before_the_body_is_left(ended: list[str], error: Exception) -> None:
    async def failing() -> None:
        raise error

    async def scenario() -> None:
        with pytest.raises(Ended):
            await to_its_end(failing())

    run(scenario)
    assert len(ended) == 1
    assert type(error).__name__ in ended[0]
