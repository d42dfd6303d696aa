"""docs/scaling.md: its table is what the measured figures make, its topics are those there are."""

from __future__ import annotations

import importlib.util
import json
import uuid
from pathlib import Path
from typing import Any

import cramjam
import pytest

from schemas.codec import encode
from schemas.settings import Settings
from schemas.topics import Topics
from tests.projections.records import a_delivery, a_request, an_attempt, an_event

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scaling() -> Any:
    spec = importlib.util.spec_from_file_location("scaling", ROOT / "bench" / "scaling.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_measured_figures_make(scaling: Any) -> None:
    rows = list(scaling.rows((ROOT / "docs" / "performance.md").read_text("utf-8")))
    assert len(rows) == 8
    text = (ROOT / "docs" / "scaling.md").read_text("utf-8")
    assert [row for row in rows if row not in text.splitlines()] == [], "bench/scaling.py makes it again"


def test_the_topics_are_counted_right(scaling: Any) -> None:
    catalogue = Topics(Settings()).catalogue
    assert sum(topic.partitions == 1 for topic in catalogue) == scaling.OTHER_TOPICS
    assert sum(topic.partitions > 1 for topic in catalogue) == scaling.BY_PARTITIONS


@pytest.mark.parametrize(
    ("rate", "cost", "found"), [(1000, 0.54, 2), (10_000, 0.54, 9), (10_000, 0.45, 8), (100_000, 0.54, 90)]
)
def test_members_are_planned_for_six_tenths_of_a_core(scaling: Any, rate: int, cost: float, found: int) -> None:
    assert scaling.members(rate, cost) == found


def test_an_event_takes_about_what_is_said(scaling: Any) -> None:
    """Twenty of each record in a batch, as lz4 leaves them."""

    def size(make: Any) -> float:
        batch = b"".join(encode(make(number)) for number in range(20))
        return len(cramjam.lz4.compress(batch)) / 20

    def body(number: int) -> bytes:
        event = {"id": str(uuid.uuid4()), "account": "shop", "customer": f"c-{number}", "data": {"points": number}}
        return json.dumps(event).encode()

    def new() -> str:
        return uuid.uuid4().hex

    total = (
        size(lambda number: a_request(id=new(), event_id=new(), body=body(number)))
        + size(lambda number: an_event(id=new(), customer=f"c-{number}"))
        + size(lambda number: a_delivery(delivery_id=new(), event_id=new(), body=body(number)))
        + size(lambda number: an_attempt(delivery_id=new(), event_id=new(), request_body=body(number)))
    )
    assert scaling.BYTES * 0.7 < total < scaling.BYTES * 1.3
