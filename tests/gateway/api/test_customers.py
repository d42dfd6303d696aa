"""One customer's time line over HTTP: both directions in one order, pages without a gap, bad input."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from gateway.api import customers
from projections.queries import timelines
from schemas.records import Outcome
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import NOW, a_message, a_request, an_attempt, an_event

LINE = "/v1/shop/customers/c-1/timeline"


@pytest.fixture
def line(house: House) -> House:
    """Three of each, some at the same millisecond; and others of somebody else."""
    records: list[Any] = []
    for n in range(3):
        at = NOW + 10 * (n // 2)
        records += [
            (a_request(id=f"req_{n}", received_at=at, outcome=Outcome.FILTERED, event_id=None), n),
            (an_event(id=f"evt_{n}", timestamp=at), n),
            (an_attempt(delivery_id=f"dlv_{n}", created_at=at), n),
        ]
    records.append((an_attempt(delivery_id="dlv_other", customer="c-2"), 7))
    fold(house, *(a_message(record, offset=offset) for record, offset in records))
    return house


def test_both_directions_are_in_one_order(line: House) -> None:
    items = line.made("GET", LINE)["items"]
    entries = TypeAdapter(list[customers.Entry]).validate_python(items)
    assert len(entries) == 9
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert {entry.kind for entry in entries if entry.request} == {"request"}
    assert {entry.request.outcome for entry in entries if entry.request} == {"filtered"}


@pytest.mark.parametrize("limit", [1, 2, 4, 9])
def test_pages_have_every_entry_once(line: House, limit: int) -> None:
    whole = line.made("GET", LINE)["items"]
    cursor: str | None = ""
    found = list[Any]()
    while cursor is not None:
        page = line.made("GET", f"{LINE}?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        found += page["items"]
        cursor = page["next"]
    assert found == whole


def test_one_kind_and_a_time_can_be_chosen(line: House) -> None:
    items = line.made("GET", f"{LINE}?kind=attempt&from=2025-11-24T16:00:00.005Z")["items"]
    assert [item["attempt"]["delivery_id"] for item in items] == ["dlv_2"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("nonsense=1", "nonsense"),
        ("kind=x", "kind"),
        ("limit=0", "limit"),
        ("limit=10000", "limit"),
        ("cursor=x", "cursor"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("after=x", "after"),
    ],
)
def test_what_it_does_not_take_is_400(line: House, query: str, name: str) -> None:
    answer = line.call("GET", f"{LINE}?{query}")
    assert (answer.status, answer.paths) == (400, [name])


def test_the_documented_parameters_are_those_that_there_are() -> None:
    names = {field.alias or name for name, field in customers.TimelineQuery.model_fields.items()}
    assert names == {*timelines.PARAMETERS, "after"}
