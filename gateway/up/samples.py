"""The five sample requests of the manuals' use cases, corrected: what `hookline demo` sends.

They fit the account and the endpoints of `examples/use-cases.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

__all__ = ["ACCOUNT", "SAMPLES", "Sample"]

ACCOUNT = "shop"


@dataclass(frozen=True, slots=True)
class Sample:
    """One request to an endpoint of the account, and the action that it should give."""

    endpoint: str
    action: str
    body: dict[str, Any]

    @property
    def path(self) -> str:
        """The path of the endpoint."""
        return f"/beta/webhooks/custom/{ACCOUNT}/{self.endpoint}"

    def curl(self, url: str) -> str:
        """A line to paste into a shell."""
        body = orjson.dumps(self.body).decode()
        return f"curl -X POST {url}{self.path} -H 'content-type: application/json' -d '{body}'"


SAMPLES = (
    Sample("endpoint1", "point_add", {"clientID": "c-1001", "pointstobeadded": 325, "reason": "birthday"}),
    Sample("endpoint2", "point_sub", {"clientID": "c-1001", "pointsub": 25, "reason": "correction"}),
    Sample("endpoint3", "checkout_accept", {"clientID": "c-1002", "transaction_id": "T-58", "total": 129.9}),
    Sample(
        "endpoint4",
        "checkout_accept_item",
        {
            "clientID": "c-1002",
            "transaction_id": "T-58",
            "total": 129.9,
            "product_id": "P-7",
            "subtotal": 64.95,
            "quantity": 2,
        },
    ),
    Sample(
        "optin_labels",
        "opt_in",
        {
            "clientID": "c-1003",
            "optin_labels": "webhooklabel@example.com",
            "first_name": "Hooklabel",
            "last_name": "Webhook",
            "labels": ["Webhooklabel"],
        },
    ),
)
