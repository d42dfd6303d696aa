"""Fixtures of the streams room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.journeys.receiver import Receiver
from tests.streams.courier_stage import CourierStage, MakeStage
from tests.streams.worker import Stage


@pytest.fixture
def stage(broker: Broker, tmp_path: Path) -> Iterator[Stage]:
    """A stage with its topics; no worker runs yet."""
    one = Stage(broker, tmp_path)
    one.create_topics()
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def make_courier(broker: Broker, tmp_path: Path) -> Iterator[MakeStage]:
    """Makes a courier's stage with its topics; no courier runs yet."""
    made: list[CourierStage] = []

    def make(**settings: object) -> CourierStage:
        made.append(one := CourierStage(broker, tmp_path, **settings))
        one.create_topics()
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture
def sites() -> Iterator[Receiver]:
    """A receiver, which can be every site of a test."""
    one = Receiver()
    one.start()
    yield one
    one.stop()
