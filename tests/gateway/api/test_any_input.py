"""Whatever JSON is sent to the API, wherever in a valid body it stands, it is answered and never a fault of ours."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.house import House

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    "",
    "••••",
    "x",
    "\x00",
    "a" * 10_000,
    [],
    {},
    [[]],
    [None],
    {"$sealed": "v1.x.y"},
]
ANYTHING = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
CRITERION = {"attribute": "headers.X-Token", "operator": "equals", "value": "t", "secret": True}
WEBHOOK = {
    "name": "a",
    "method": "POST",
    "endpoint": "a",
    "filters": {"all": [CRITERION, {"any": [{"attribute": "body.a", "operator": "in", "value": ["x", 1]}]}]},
    "action": "point_add",
    "mapping": [{"from": "c", "to": "customer", "default": "d", "replace": [{"value": "a", "with": "b"}]}],
    "success_response": {"ok": True},
    "on_filtered": "accept",
}
SITE = {"name": "s", "url": "https://s.example/", "retry_delays": ["10s"], "authentication": {"type": "none"}}
SUBSCRIPTION = {"name": "x", "site": "s", "actions": ["*"], "condition": {"attribute": "data.a", "operator": "exists"}}
EVENT = {"customer": "c", "action": "point_add", "id": "i", "timestamp": 1, "data": {"points": "5"}}
BODIES: dict[str, tuple[str, Any]] = {
    "/v1/shop/incoming-webhooks": ("POST", WEBHOOK),
    "/v1/shop/sites": ("POST", SITE),
    "/v1/shop/subscriptions": ("POST", SUBSCRIPTION),
    "/v1/shop/custom-actions": ("POST", {"name": "stamp", "label": "S", "number_fields": ["n"]}),
    "/v1/shop/events": ("POST", {"events": [EVENT, EVENT]}),
    "/v1/shop/configuration": (
        "PUT",
        {"account": "shop", "incoming_webhooks": [WEBHOOK], "sites": [SITE], "subscriptions": [SUBSCRIPTION]},
    ),
    "/v1/accounts/shop/keys": ("POST", {"name": "k", "scope": "read", "expires_at": "2999-01-01T00:00:00Z"}),
}


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(each for key, member in members for each in places(member, (*way, key)))]


def put(body: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    changed = copy.deepcopy(body)
    inner = changed
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    return changed


@pytest.mark.parametrize("path", BODIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(house: House, path: str, data: st.DataObject) -> None:
    method, body = BODIES[path]
    way = data.draw(st.sampled_from(places(body)))
    content = json.dumps(put(body, way, data.draw(ANYTHING))).encode()
    headers = {"authorization": f"Bearer {house.key}", "content-type": "application/json"}
    answer = house.send(method, path, content, headers)
    assert answer.status in {200, 201, 202, 400, 409, 422}, answer.body
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["detail"]
    listed = house.call("GET", "/v1/shop/configuration")
    assert listed.status == 200


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANYTHING, query=st.text(max_size=20))
def test_nothing_that_a_webhook_is_sent_is_a_fault_of_ours(house: House, body: Any, query: str) -> None:
    if not house.call("GET", "/v1/shop/incoming-webhooks").json["items"]:
        house.webhook(mapping=[{"from": "customer", "to": "customer"}, {"from": "a", "to": "data.points"}])
    for sent in (body, {"customer": body, "a": body}, {"customer": "c", "a": body}):
        assert house.post(f"points?{quote(query)}", sent).status in {200, 400, 422}
