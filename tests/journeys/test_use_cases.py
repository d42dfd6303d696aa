"""The five use cases of the manuals 002 and 003, as `examples/use-cases.yaml` has them, from request to message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.hookline import Hookline
from tests.journeys.receiver import Receiver
from tests.waiting import eventually

pytestmark = pytest.mark.journey
EXAMPLE = Path(__file__).parents[2] / "examples" / "use-cases.yaml"

CASES: list[tuple[str, dict[str, Any], str, str, dict[str, Any]]] = [
    (
        "endpoint1",
        {"clientID": "c-1", "pointstobeadded": "325", "reason": "till"},
        "point_add",
        "c-1",
        {"points": 325, "reason": "till"},
    ),
    (
        "endpoint2",
        {"clientID": "c-2", "pointsub": 20, "reason": "return"},
        "point_sub",
        "c-2",
        {"points": 20, "reason": "return"},
    ),
    (
        "endpoint3",
        {"clientID": "c-3", "transaction_id": "t-1", "total": "12.50"},
        "checkout_accept",
        "c-3",
        {"transaction_id": "t-1", "total": 12.5},
    ),
    (
        "endpoint4",
        {
            "clientID": "c-4",
            "transaction_id": "t-1",
            "total": 12.5,
            "product_id": "p-1",
            "subtotal": 5,
            "quantity": "2",
        },
        "checkout_accept_item",
        "c-4",
        {"transaction_id": "t-1", "total": 12.5, "product_id": "p-1", "subtotal": 5, "quantity": 2},
    ),
    (
        "optin_labels",
        {"clientID": "c-5", "optin_labels": "a@b.example", "first_name": "A", "last_name": "B", "labels": ["gold"]},
        "opt_in",
        "c-5",
        {"email": "a@b.example", "first_name": "A", "last_name": "B", "labels": ["gold"]},
    ),
]


def test_the_five_use_cases_arrive_as_messages(hookline: Hookline, receiver: Receiver, tmp_path: Path) -> None:
    example = tmp_path / "use-cases.yaml"
    example.write_text(
        EXAMPLE.read_text("utf-8").replace("http://127.0.0.1:8090/hooks", receiver.url("/hooks")), "utf-8"
    )
    hookline.start()
    applied = hookline.command("apply", "-f", str(example))
    assert applied.returncode == 0, applied.stderr
    again = hookline.command("apply", "-f", str(example))
    assert again.returncode == 0, again.stderr
    assert len(hookline.records(hookline.topics.config)) == 1, "applying twice changes nothing"

    for endpoint, body, *_ in CASES:
        assert hookline.post("shop", endpoint, body) == (200, {"ok": True})

    eventually(lambda: len(receiver.at("/hooks")) == len(CASES), what="five messages arrive")
    arrived = {each.json["action"]: each.json for each in receiver.at("/hooks")}
    for _, _, action, customer, data in CASES:
        assert (arrived[action]["customer"], arrived[action]["data"]) == (customer, data)


def test_a_request_that_lacks_what_its_filter_wants_gets_the_configured_error(hookline: Hookline) -> None:
    hookline.start("gateway")
    assert hookline.command("apply", "-f", str(EXAMPLE)).returncode == 0
    assert hookline.post("shop", "endpoint1", {"clientID": "c-1"}) == (403, {"notok": False})
