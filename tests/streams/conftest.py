"""Fixtures of the streams room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker
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
