"""Each blueprint makes an incoming webhook that accepts the sample that comes with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.blueprints import BLUEPRINTS, Blueprint
from tests.gateway.house import House

EVENTS: dict[str, dict[str, Any]] = {
    "mparticle_custom_event": {"action": "point_add", "data": {"points": 25, "reason": "review"}},
    "mparticle_user_attributes": {
        "action": "profile",
        "data": {"email": "zoe@example.com", "first_name": "Zoë", "last_name": "Young", "phone": "+4312345"},
    },
    "mparticle_purchase": {
        "action": "checkout",
        "data": {
            "transaction_id": "t-58",
            "total": 129.9,
            "tax": 20.1,
            "shipping": 0,
            "items": [{"id": "p-1", "quantity": 2}],
        },
    },
    "mparticle_opt_in": {"action": "opt_in", "data": {}},
}


@pytest.mark.parametrize("blueprint", BLUEPRINTS[1:], ids=lambda each: each.name)
def test_a_blueprint_accepts_its_sample(house: House, blueprint: Blueprint) -> None:
    tried = {"definition": blueprint.definition, "request": {"body": json.dumps(blueprint.sample)}}
    told = house.made("POST", "/v1/shop/incoming-webhooks/dry-run", tried)
    assert told["outcome"] == "accepted", told
    assert {name: told["event"][name] for name in ("action", "data")} == EVENTS[blueprint.name]
    assert told["event"]["customer"] == "c-1"
    made = house.made("POST", "/v1/shop/incoming-webhooks", blueprint.definition)
    assert made["state"] == "inactive"


def test_the_list_has_them_blank_first(house: House) -> None:
    items = house.made("GET", "/v1/blueprints")["items"]
    assert [each["name"] for each in items] == ["blank", *EVENTS]
    assert items[0]["definition"] == {"method": "POST", "filters": None, "mapping": []}
    assert house.send("GET", "/v1/blueprints").status == 401
