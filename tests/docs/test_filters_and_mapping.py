"""Every table and every block of docs/filters-and-mapping.md, run as it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from schemas import events, json_text, paths
from schemas.definitions import filters as forms
from schemas.definitions.filters import Operator
from schemas.definitions.incoming import IncomingWebhook
from schemas.definitions.subscriptions import Subscription
from schemas.json_text import number_of, parse, text_form
from schemas.paths import MISSING, read
from schemas.records import EntityKind, Outcome
from streams.core import filtering
from streams.core.configuration import AccountState, Entity
from streams.core.definitions import AccountView, receiving_of
from streams.core.explaining import explain
from streams.core.filtering import Subject, compile_filter
from streams.core.receiving import Arrived, Verdict, receive

PAGE = (Path(__file__).parents[2] / "docs" / "filters-and-mapping.md").read_text()
VIEW = AccountView(AccountState("shop"), {}, (), {}, 0)
NOW = 1_764_000_000_000
JSON_BODY = [["Content-Type", "application/json"]]
CONSTANT = {"to": "customer", "default": "c-1"}


@dataclass(frozen=True)
class Row:
    """One row of a table: where it stands, and its cells by the names of their columns."""

    line: int
    cells: dict[str, str]

    def code(self, column: str) -> list[str]:
        """What stands between backticks in a cell."""
        return re.findall(r"`([^`]*)`", self.cells[column])

    def yaml(self, column: str) -> Any:
        return load(self.code(column)[0])

    def json(self, column: str) -> Any:
        return parse(self.code(column)[0].encode())


def load(text: str) -> Any:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(*columns: str, below: str = "") -> list[Row]:
    """The rows of every table with exactly these columns."""
    return [row for heading, row in all_rows() if tuple(row.cells) == columns and below in heading]


def all_rows() -> Iterator[tuple[str, Row]]:
    header: list[str] | None = None
    heading = ""
    for number, line in enumerate(PAGE.splitlines(), 1):
        if line.startswith("#"):
            heading = line
        if not line.startswith("|"):
            header = None
        elif header is None:
            header = cells_of(line)
        elif not line.startswith("|---"):
            yield heading, Row(number, dict(zip(header, cells_of(line), strict=True)))


def named(row: Row) -> str:
    return f"line {row.line}"


def each(*columns: str) -> pytest.MarkDecorator:
    found = rows(*columns)
    assert found, f"no table with the columns {columns}"
    return pytest.mark.parametrize("row", found, ids=named)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def entity(**fields: Any) -> Entity:
    form = {"name": "n", "endpoint": "points", "action": "point_add", "mapping": [CONSTANT], **fields}
    body = IncomingWebhook.model_validate(form).model_dump(mode="json", by_alias=True)
    return Entity(EntityKind.INCOMING_WEBHOOK, "inc", "shop", 1, body, "ann", NOW, 0)


def arrived(body: str, headers: list[list[str]], query: str = "") -> Arrived:
    return Arrived("req", "shop", NOW, "POST", "/webhooks/custom/shop/points", query, headers, body.encode())


def verdict_of(definition: Entity, request: Arrived) -> Verdict:
    return receive(VIEW, [receiving_of(definition, definition.body or {})], request, 0)


def assert_passes(row: Row, tree: Any, request: Arrived) -> None:
    """What the cell `passes` says holds for the verdict and for every word of the explanation."""
    wanted = {"yes": True, "no": False}[row.cells["passes"]]
    definition = entity(filters=tree)
    assert (verdict_of(definition, request).outcome is Outcome.ACCEPTED) is wanted
    assert explain(VIEW, definition, request)["filters"]["passed"] is wanted


@each("criterion", "body", "passes")
def test_a_criterion_passes_as_the_page_says(row: Row) -> None:
    assert_passes(row, row.yaml("criterion"), arrived(row.code("body")[0], JSON_BODY))


@each("filters", "body", "passes")
def test_groups_pass_as_the_page_says(row: Row) -> None:
    assert_passes(row, row.yaml("filters"), arrived(row.code("body")[0], JSON_BODY))


@each("criterion", "form", "passes")
def test_a_form_passes_as_the_page_says(row: Row) -> None:
    headers = [["Content-Type", "application/x-www-form-urlencoded"]]
    assert_passes(row, row.yaml("criterion"), arrived(row.code("form")[0], headers))


@each("criterion", "request", "passes")
def test_a_criterion_over_a_request_passes_as_the_page_says(row: Row) -> None:
    parts = row.code("request")
    headers = [list(part.split(": ")) for part in parts if ": " in part]
    query = "".join(part[1:] for part in parts if part.startswith("?"))
    assert_passes(row, row.yaml("criterion"), arrived("{}", JSON_BODY + headers, query))


@each("condition", "event", "passes")
def test_a_condition_passes_as_the_page_says(row: Row) -> None:
    form = {"name": "n", "site_id": "s", "actions": ["*"], "condition": row.yaml("condition")}
    tree = Subscription.model_validate(form).model_dump(mode="json", by_alias=True)["condition"]
    failure = compile_filter(tree).failure(Subject({"data": {}, **row.json("event")}))
    assert (failure is None) is (row.cells["passes"] == "yes")


@each("value", "text form")
def test_a_text_form_is_as_the_page_says(row: Row) -> None:
    assert text_form(row.json("value")) == row.code("text form")[0]


@each("value", "number")
def test_a_number_is_as_the_page_says(row: Row) -> None:
    wanted = None if row.cells["number"] == "none" else row.json("number")
    assert number_of(row.json("value")) == wanted


@each("mapping", "body", "gives")
def test_a_mapping_gives_what_the_page_says(row: Row) -> None:
    item = row.yaml("mapping")
    constant = [] if item["to"] == "customer" else [CONSTANT]
    definition, request = entity(mapping=[*constant, item]), arrived(row.code("body")[0], JSON_BODY)
    verdict, told = verdict_of(definition, request), explain(VIEW, definition, request)
    if row.cells["gives"].startswith("422"):
        assert (verdict.status, verdict.path) == (422, row.code("gives")[0])
        assert row.cells["gives"].partition(": ")[2] in str(verdict.detail)
        assert told["mapping"][-1]["error"] == verdict.detail
    else:
        wanted = MISSING if row.cells["gives"] == "nothing" else row.json("gives")
        given = MISSING if told["event"] is None else read(told["event"], item["to"])
        assert repr(given) == repr(wanted)  # 1, 1.0 and true are not the same


@each("filters", "refused, because")
def test_filters_are_refused_as_the_page_says(row: Row) -> None:
    with pytest.raises(ValidationError, match=re.escape(row.cells["refused, because"])):
        entity(filters=row.yaml("filters"))


@each("mapping", "refused, because")
def test_a_mapping_is_refused_as_the_page_says(row: Row) -> None:
    sentence = row.cells["refused, because"]
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        entity(mapping=load(row.cells["mapping"].strip("`")))


def test_every_operator_has_examples_that_pass_and_that_do_not() -> None:
    for operator in Operator:
        examples = rows("criterion", "body", "passes", below=operator.value)
        answers = {row.cells["passes"] for row in examples if row.yaml("criterion")["operator"] == operator}
        assert answers == {"yes", "no"}, operator


def test_every_rule_of_mapping_has_examples() -> None:
    for rule in ("Read", "Replace", "Default", "fields of an event", "Numbers"):
        assert len(rows("mapping", "body", "gives", below=rule)) > 10, rule


def test_every_table_is_run() -> None:
    run = {
        ("criterion", "body", "passes"),
        ("criterion", "request", "passes"),
        ("criterion", "form", "passes"),
        ("condition", "event", "passes"),
        ("filters", "body", "passes"),
        ("value", "text form"),
        ("value", "number"),
        ("mapping", "body", "gives"),
        ("filters", "refused, because"),
        ("mapping", "refused, because"),
        ("of", "at most"),
    }
    words = {("attribute", "reads"), ("operator", "true when")}
    assert {tuple(row.cells) for _, row in all_rows()} == run | words


def test_the_operators_of_the_page_are_those_there_are() -> None:
    told = [name for row in rows("operator", "true when") for name in row.code("operator")]
    assert sorted(told) == sorted(operator.value for operator in Operator)


def test_the_blocks_are_definitions_that_can_be_saved() -> None:
    for block in blocks("yaml")[:2]:
        assert entity(**load(block)).body


def test_the_dry_run_tells_what_the_page_says() -> None:
    story, told = load(blocks("yaml")[2]), json.loads(blocks("json")[0])
    definition = entity(**story["definition"])
    request = arrived(story["request"]["body"], story["request"]["headers"])
    assert explain(VIEW, definition, request) == told


def test_the_limits_are_those_of_the_code() -> None:
    limits = {row.cells["of"]: int(row.cells["at most"].replace(",", "")) for row in rows("of", "at most")}
    assert limits == {
        "criteria in a tree": forms.MAX_CRITERIA,
        "groups in one another": forms.MAX_NESTING,
        "characters of a pattern": forms.MAX_PATTERN,
        "characters of a path": paths.MAX_PATH,
        "parts of a path": paths.MAX_PARTS,
        "levels of a JSON body": json_text.MAX_DEPTH,
        "bytes of an event's `data`": events.MAX_EVENT_BYTES,
    }
    assert f"more than {filtering.MAX_MATCHED:,} characters" in PAGE
    assert f"at most {forms.MAX_PROGRAM:,} instructions" in PAGE
