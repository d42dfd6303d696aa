"""A configuration that has one of everything, as `apply` takes it."""

from __future__ import annotations

from typing import Any

__all__ = ["CONFIGURED"]

SECRET = "whsec_" + "A" * 32
FIELDS: dict[str, Any] = {
    "mapping": [
        {"from": "customer", "to": "customer"},
        {"from": "kind", "to": "data.kind", "replace": [{"value": "A", "with": "gold"}], "default": "none"},
    ],
    "success_response": {"ok": True, "text": "${NOT_A_VARIABLE}", "n": 1.5},
    "error_response": ["no", None, 7],
    "deduplicate": {"attribute": "headers.X-Request-Id", "window": "72h"},
}

CONFIGURED: dict[str, Any] = {
    "custom_actions": [{"name": "stamp", "label": "Stamp", "number_fields": ["count"]}],
    "incoming_webhooks": [
        {
            "name": "points",
            "endpoint": "points",
            "action": "point_add",
            "state": "active",
            "filters": {
                "all": [
                    {"attribute": "headers.X-Token", "operator": "equals", "value": "s3cret", "secret": True},
                    {"any": [{"attribute": "body.kind", "operator": "in", "value": ["A", "B"]}]},
                ]
            },
            **FIELDS,
        },
        {
            "name": "stamps",
            "method": "PUT",
            "endpoint": "stamps",
            "action": "stamp",
            "on_filtered": "accept",
            "verification": {"type": "standard_webhooks", "secrets": [SECRET]},
        },
    ],
    "sites": [
        {
            "name": "crm",
            "url": "https://crm.example/hooks",
            "state": "active",
            "authentication": {"type": "basic", "username": "u", "password": "pa55word"},
            "retry_delays": ["10s", "1m"],
        },
        {
            "name": "signed",
            "url": "https://signed.example/",
            "authentication": {"type": "standard_webhooks", "secrets": [SECRET]},
        },
    ],
    "subscriptions": [
        {"name": "all", "site": "crm", "actions": ["*"]},
        {
            "name": "large",
            "site": "signed",
            "actions": ["point_add", "stamp"],
            "active": False,
            "path": "/customers/{customer}",
            "condition": {"attribute": "data.points", "operator": "greater_than", "value": 100},
        },
    ],
}
