"""Every sentence in docs/incoming.md has its proof, and the use cases on it do what it says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gateway.cli.configuration_file import read_file
from schemas.codec import decode, encode
from schemas.records import CustomerEvent, Outcome
from streams.agents.hop import Moment, SourceRecord
from streams.agents.map import map_hop
from streams.core.definitions import Compiler
from tests.docs.proofs import ROOT, check_row, page, rows_of
from tests.gateway.conftest import house, make_house  # noqa: F401 - the gateway that the use cases run on
from tests.gateway.house import House

PAGE = page("incoming.md")
ROWS = rows_of(PAGE)
BLOCK = re.compile(r"```json (definition|request|event)\n(.*?)\n```", re.DOTALL)


def use_cases() -> list[dict[str, Any]]:
    """The blocks of each use case, by name."""
    sections = PAGE.split("## The five use cases")[1].split("\n### ")[1:]
    return [{name: json.loads(text) for name, text in BLOCK.findall(section)} for section in sections]


USE_CASES = use_cases()


def test_there_is_a_row_for_each_sentence_and_each_manual() -> None:
    assert len(ROWS) > 60
    assert {manual for row in ROWS for manual in row[0].split(", ")} == {"002", "003"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_a_sentence_is_proved_by_tests_that_exist(row: list[str]) -> None:
    check_row(row)


def test_the_use_cases_are_those_of_the_example() -> None:
    example = read_file(ROOT / "examples" / "use-cases.yaml").content["incoming_webhooks"]
    stated = [{**case["definition"], "state": "active"} for case in USE_CASES]
    assert stated == example


@pytest.mark.parametrize("case", USE_CASES, ids=[case["definition"]["name"] for case in USE_CASES])
def test_a_use_case_does_what_the_page_says(house: House, case: dict[str, Any]) -> None:  # noqa: F811 - the fixture
    made = house.webhook(**case["definition"])
    answer = house.post(made["endpoint"], case["request"])
    assert (answer.status, answer.json) == (200, {"ok": True})
    (request,) = house.requests
    assert request.outcome is Outcome.ACCEPTED
    compiler = Compiler(house.log.configuration, house.keyring.open_text)
    hop = map_hop(house.topics, house.log.configuration, compiler, house.keyring.open)
    (message,) = hop.step([SourceRecord("t", 0, 0, 0, b"k", encode(request))], Moment(0))
    event = decode(message.message.value)
    assert isinstance(event, CustomerEvent)
    found = {"customer": event.customer, "action": event.action, "data": json.loads(event.data)}
    assert found == case["event"]
    wrong = house.post(made["endpoint"], {**case["request"], "clientID": ""})
    assert (wrong.status, wrong.json) == (422, {"notok": False})
