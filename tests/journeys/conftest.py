"""What a journey walks on: a whole Hookline on a real Apache Kafka, and a receiver under control."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver

MakeHookline = Callable[..., Hookline]
SHOWN = 6_000  # characters of a role's log that a failed test shows


@pytest.fixture
def make_hookline(broker: Broker, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeHookline]:
    """Makes a Hookline with settings of one's own (`retry_tiers="1s,5s"`); its topics exist, no role runs yet."""
    made: list[Hookline] = []

    def make(**settings: object) -> Hookline:
        folder = tmp_path / f"hookline{len(made)}"
        hookline = Hookline(broker, folder, f"t{uuid.uuid4().hex[:10]}.", **settings)
        made.append(hookline)
        hookline.create_topics()
        return hookline

    yield make
    for hookline in made:
        hookline.stop_all()
        show_logs(hookline, request.node)
        hookline.delete_topics()


@pytest.fixture
def hookline(make_hookline: MakeHookline) -> Hookline:
    """A Hookline with the usual settings."""
    return make_hookline()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver; answers 200 until a script says otherwise."""
    one = Receiver()
    one.start()
    yield one
    one.stop()


def show_logs(hookline: Hookline, node: pytest.Item) -> None:
    """Put the roles' last words into the report; pytest shows them when the test has failed."""
    for file in sorted((hookline.folder / "logs").glob("*.log")):
        node.add_report_section("teardown", file.stem, file.read_text("utf-8", "replace")[-SHOWN:])
