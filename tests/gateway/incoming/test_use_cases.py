"""The five use cases of the manuals: as printed in the one, as printed in the other, and corrected.

What is printed does not work: filters test fields that the samples lack, the customer's key is spelt in four ways, and
some bodies are no JSON. Each gives what the rules say, and `examples/use-cases.yaml` ships them corrected.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.configuration_file import read_file
from streams.core.definitions import Compiler
from streams.core.receiving import Arrived, receive
from tests.gateway.house import House

EXAMPLE = Path(__file__).parents[3] / "examples" / "use-cases.yaml"
PRINTED_FILTERS: dict[str, dict[str, Any]] = {
    "endpoint1": {"attribute": "body.pointadd", "operator": "exists"},
    "endpoint2": {"attribute": "body.pointsub", "operator": "greater_than", "value": 0},
    "endpoint3": {"attribute": "body.checkoutaccept", "operator": "exists"},
    "endpoint4": {"attribute": "body.checkoutacceptitem", "operator": "exists"},
    "optin_labels": {"attribute": "body.optin_labels", "operator": "exists"},
}
FILTERED, MALFORMED, INVALID, ACCEPTED = 403, 400, 422, 200

POINT_SUB = b"""{
    "customer_ID": "ID of your customer",
    "pointsub": "the number of points you wish to subtract",
    "reason": "reason for adding the points",
}"""
TRANSACTION = {"customer_ID": "ID of your customer", "transaction_id": "ID", "total": "total value of the transaction"}
AS_PRINTED_FIRST: dict[str, tuple[bytes | dict[str, Any], int]] = {  # with customer_ID
    "endpoint1": (
        {
            "customer_ID": "ID of your customer",
            "pointstobeadded": "the number of points you wish to add",
            "reason": "x",
        },
        FILTERED,
    ),
    "endpoint2": (POINT_SUB, MALFORMED),
    "endpoint3": (TRANSACTION, FILTERED),
    "endpoint4": (
        TRANSACTION | {"product_id": "find this string under transaction details", "subtotal": "x", "quantity": "x"},
        FILTERED,
    ),
    "optin_labels": (
        {
            "customer_id": "Customer_with_webhooklabel",
            "optin_labels": "webhooklabel@example.com",
            "first_name": "Hooklabel",
            "last_name": "Webhook",
            "labels": ["Webhooklabel"],
        },
        INVALID,
    ),
}
AS_PRINTED_SECOND = {  # single quotes, and a sentence without any
    "endpoint1": (b"{'clientID': 'ID of your customer', 'pointstobeadded': 'the number of points'}", MALFORMED),
    "endpoint2": (b"{'clientID': 'ID of your customer', 'pointsub': the number of points, 'reason': 'x'}", MALFORMED),
    "endpoint3": (b"{'clientID': 'ID of your customer', 'transaction_id': 'ID', 'total': 'total value'}", MALFORMED),
}
CORRECTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "endpoint1": (
        {"clientID": "c-1", "pointstobeadded": "325", "reason": "birthday"},
        {"points": 325, "reason": "birthday"},
    ),
    "endpoint2": ({"clientID": "c-1", "pointsub": 25, "reason": "correction"}, {"points": 25, "reason": "correction"}),
    "endpoint3": (
        {"clientID": "c-1", "transaction_id": "T-58", "total": "129.90"},
        {"transaction_id": "T-58", "total": 129.9},
    ),
    "endpoint4": (
        {"clientID": "c-1", "transaction_id": "T", "total": 9.5, "product_id": "P", "subtotal": "4", "quantity": 2},
        {"transaction_id": "T", "total": 9.5, "product_id": "P", "subtotal": 4, "quantity": 2},
    ),
    "optin_labels": (
        {"clientID": "c-1", "optin_labels": "a@example.com", "first_name": "A", "last_name": "B", "labels": ["L"]},
        {"email": "a@example.com", "first_name": "A", "last_name": "B", "labels": ["L"]},
    ),
}


def apply(house: House, filters: dict[str, dict[str, Any]] | None = None) -> None:
    content = copy.deepcopy(read_file(EXAMPLE).content)
    for webhook in content["incoming_webhooks"]:
        webhook["filters"] = (filters or {}).get(webhook["endpoint"], webhook["filters"])
    house.made("PUT", "/v1/shop/configuration", content)


@pytest.mark.parametrize("endpoint", AS_PRINTED_FIRST)
def test_as_printed_in_the_newer_manual(house: House, endpoint: str) -> None:
    apply(house, PRINTED_FILTERS)
    body, status = AS_PRINTED_FIRST[endpoint]
    assert house.post(endpoint, body).status == status


@pytest.mark.parametrize("endpoint", AS_PRINTED_SECOND)
def test_as_printed_in_the_older_manual(house: House, endpoint: str) -> None:
    apply(house, PRINTED_FILTERS)
    body, status = AS_PRINTED_SECOND[endpoint]
    assert house.post(endpoint, body).status == status


@pytest.mark.parametrize("endpoint", CORRECTED)
def test_corrected(house: House, endpoint: str) -> None:
    apply(house)
    body, data = CORRECTED[endpoint]
    answer = house.post(endpoint, body)
    assert (answer.status, answer.json) == (ACCEPTED, {"ok": True})
    assert house.requests[0].customer == "c-1"
    shown = decided(house)
    assert shown == data


@pytest.mark.parametrize("endpoint", CORRECTED)
def test_corrected_but_for_the_customers_key(house: House, endpoint: str) -> None:
    apply(house)
    body = {("customer_ID" if name == "clientID" else name): value for name, value in CORRECTED[endpoint][0].items()}
    answer = house.post(endpoint, body)
    assert (answer.status, answer.json) == (INVALID, {"notok": False})
    assert house.requests[0].error_path == "customer"


def test_points_that_are_a_sentence(house: House) -> None:
    apply(house)
    answer = house.post("endpoint1", {"clientID": "c-1", "pointstobeadded": "the number of points you wish to add"})
    assert answer.status == INVALID
    assert house.requests[0].error_path == "data.points"


def decided(house: House) -> Any:
    """The data of the event that the logged request becomes, decided again from the log as the agent *map* does."""
    (logged,) = house.requests
    compiler = Compiler(house.log.configuration, house.keyring.open_text)
    view = compiler.account("shop")
    definition = compiler.receiving("shop", logged.definition_id, logged.definition_revision)
    assert view is not None
    assert definition is not None
    arrived = Arrived(
        request_id=logged.id,
        account=logged.account,
        received_at=logged.received_at,
        method=logged.method,
        path=logged.path,
        query=logged.query,
        headers=logged.headers,
        body=logged.body,
    )
    event = receive(view, [definition], arrived, logged.config_offset).event
    assert event is not None
    assert event.id == logged.event_id
    return json.loads(event.data)
