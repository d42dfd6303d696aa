"""The catalogue of figures, its page, the dashboard and the alert rules say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from gateway import metrics as gateway
from projections import metrics as projections
from schemas.metrics import CATALOGUE, Kind, Meters, Role, exposed
from schemas.metrics_page import page
from streams.edges import metrics as streams

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bhookline_[a-z_]+\b")
PROCESS = re.compile(r"\bprocess_[a-z_]+\b")
KNOWN = {name for metric in CATALOGUE for name in exposed(metric)}
METERS = (gateway.METERS, streams.STREAMS, streams.COURIER, projections.PROJECTOR)


def test_the_page_is_that_of_the_catalogue() -> None:
    assert (ROOT / "docs/metrics.md").read_text("utf-8") == page(), "python -m schemas.metrics_page > docs/metrics.md"


@pytest.mark.parametrize("meters", METERS, ids=lambda meters: meters.role.value)
def test_a_role_shows_exactly_its_figures(meters: Meters) -> None:
    families = text_string_to_metric_families(generate_latest(meters.registry).decode())
    shown = {(family.name, family.type) for family in families if family.name.startswith("hookline_")}
    shown = {(name, kind) for name, kind in shown if not name.endswith("_created")}
    assert shown == {(metric.name, metric.kind.value) for metric in CATALOGUE if metric.role is meters.role}


def test_names_keep_to_the_conventions() -> None:
    assert len({metric.name for metric in CATALOGUE}) == len(CATALOGUE)
    assert {metric.role for metric in CATALOGUE} == set(Role)
    for metric in CATALOGUE:
        assert NAME.fullmatch(metric.name)
        assert not metric.name.endswith("_total")
        assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)


def expressions(node: Any) -> list[str]:
    """Every query of a file, wherever in it."""
    if isinstance(node, dict):
        own = [node["expr"]] if isinstance(node.get("expr"), str) else []
        return own + [each for value in node.values() for each in expressions(value)]
    return [each for value in node for each in expressions(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("name", ["grafana-dashboard.json", "alerts.yml"])
def test_every_figure_that_is_asked_for_exists(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text("utf-8")
    asked = expressions(json.loads(text) if name.endswith(".json") else YAML(typ="safe").load(text))
    assert len(asked) > 5
    for expression in asked:
        names = set(NAME.findall(expression))
        assert names <= KNOWN, expression
        assert names or PROCESS.search(expression), expression


def test_what_has_to_be_watched_is_watched() -> None:
    watched = set(NAME.findall((ROOT / "deploy/alerts.yml").read_text("utf-8")))
    assert {
        "hookline_kafka_up",
        "hookline_lag_records",
        "hookline_dead_letters_total",
        "hookline_oldest_undelivered_seconds",
        "hookline_breaker_open",
    } <= watched
