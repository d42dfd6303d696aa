"""Dry runs of subscriptions: what one, saved or not, would make of an event, and of the last of them."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api.condition_runs import ConditionAnswer, EventsAnswer
from schemas.json_text import dump
from tests.gateway.folded import fold
from tests.gateway.house import House
from tests.projections.records import a_message, an_event

BASE = "/v1/shop/subscriptions"
LARGE = {"attribute": "data.points", "operator": "greater_than", "value": 100}


@pytest.fixture
def saved(house: House) -> dict[str, Any]:
    """A subscription, and three events of 50, 150 and 250 points; the last is a refund."""
    site = house.made("POST", "/v1/shop/sites", {"name": "crm", "url": "https://crm.example/"})
    for number, action in enumerate(("point_add", "point_add", "refund")):
        data = dump({"points": 50 + 100 * number})
        fold(house, a_message(an_event(id=f"evt_{number}", account="shop", action=action, data=data)))
    sent = {"name": "large", "site_id": site["id"], "actions": ["point_add"], "condition": LARGE}
    made: dict[str, Any] = house.made("POST", BASE, sent)
    return made


def test_an_event_is_told_criterion_by_criterion(house: House, saved: dict[str, Any]) -> None:
    outcomes = []
    for number in range(3):
        found = house.made("POST", f"{BASE}/{saved['id']}/dry-run", {"event_id": f"evt_{number}"})
        answer = ConditionAnswer.model_validate(found)
        outcomes.append(answer.outcome)
        assert answer.condition["read"] == str(50 + 100 * number)
    assert outcomes == ["condition", "matched", "action"]


def test_a_change_is_held_against_the_last_events(house: House, saved: dict[str, Any]) -> None:
    changed = saved | {"condition": None}
    found = house.made("POST", f"{BASE}/{saved['id']}/dry-run", {"definition": changed, "last": 10})
    assert EventsAnswer.model_validate(found).model_dump() == {"checked": 3, "matched_before": 1, "matched_after": 2}
    unsaved = {"name": "new", "site_id": "site_later", "actions": ["*"]}
    found = house.made("POST", f"{BASE}/dry-run", {"definition": unsaved, "last": 2})
    assert found == {"checked": 2, "matched_before": None, "matched_after": 2}


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"definition": None, "last": 1}, "definition"),
        ({"definition": {"name": "s", "site_id": "x", "actions": ["*"]}}, ""),
        ({"definition": {"name": "s", "site_id": "x", "actions": []}, "last": 1}, "definition.actions"),
        ({"definition": {"name": "s", "site_id": "x", "actions": ["*"]}, "event_id": "nothing"}, "event_id"),
        (
            {
                "definition": {
                    "name": "s",
                    "site_id": "x",
                    "actions": ["*"],
                    "condition": {"all": [LARGE | {"operator": "?"}]},
                },
                "last": 1,
            },
            "definition.condition.all.0.operator",
        ),
    ],
)
def test_what_is_wrong_is_named(house: House, saved: dict[str, Any], sent: dict[str, Any], path: str) -> None:
    answer = house.call("POST", f"{BASE}/dry-run", sent)
    assert (answer.status, [each["path"] for each in answer.json["errors"]]) == (422, [path])
    for nowhere in (f"{BASE}/nothing/dry-run", "/v1/nobody/subscriptions/dry-run"):
        assert house.call("POST", nowhere, {"last": 1}).status == 404
    assert saved["revision"] == 1
