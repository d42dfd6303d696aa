"""Blueprints: incoming webhooks that are filled in before anybody has typed (manual 002, 'Blueprints').

They prefill a definition and nothing else. Those of mParticle read its batches as its JSON reference describes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["BLUEPRINTS", "Blueprint"]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One start; `definition` is what a new incoming webhook is prefilled with, `sample` a body that it accepts."""

    name: str
    label: str
    description: str
    definition: dict[str, Any]
    sample: dict[str, Any]


CUSTOMER = {"from": "user_identities.customer_id", "to": "customer"}
EVENT = "events.0.data"
IDENTITIES = {"user_identities": {"customer_id": "c-1"}}


def is_event(kind: str) -> dict[str, Any]:
    """The criterion for a batch whose first event is of a kind."""
    return {"attribute": "body.events.0.event_type", "operator": "equals", "value": kind}


def first_event(kind: str, **data: Any) -> dict[str, Any]:
    """A batch with one event."""
    return {"events": [{"event_type": kind, "data": data}], **IDENTITIES}


def webhook(name: str, endpoint: str, action: str, filters: list[dict[str, Any]], *mapping: Any) -> dict[str, Any]:
    """A definition of mParticle's."""
    return {
        "name": name,
        "method": "POST",
        "endpoint": endpoint,
        "filters": {"all": filters},
        "action": action,
        "mapping": [CUSTOMER, *({"from": source, "to": f"data.{field}"} for source, field in mapping)],
    }


ATTRIBUTES = f"{EVENT}.custom_attributes"
PURCHASE = f"{EVENT}.product_action"

BLUEPRINTS = (
    Blueprint(
        name="blank",
        label="Blank",
        description="Nothing filled in.",
        definition={"method": "POST", "filters": None, "mapping": []},
        sample={},
    ),
    Blueprint(
        name="mparticle_custom_event",
        label="mParticle: custom event",
        description="A custom event adds points: its attribute `points`.",
        definition=webhook(
            "mParticle custom event",
            "mparticle-custom-event",
            "point_add",
            [is_event("custom_event"), {"attribute": f"body.{ATTRIBUTES}.points", "operator": "exists"}],
            (f"{ATTRIBUTES}.points", "points"),
            (f"{EVENT}.event_name", "reason"),
        ),
        sample=first_event("custom_event", event_name="review", custom_attributes={"points": "25"}),
    ),
    Blueprint(
        name="mparticle_user_attributes",
        label="mParticle: user attributes",
        description="A batch with attributes of a user updates the profile.",
        definition=webhook(
            "mParticle user attributes",
            "mparticle-user-attributes",
            "profile",
            [{"attribute": "body.user_attributes", "operator": "is_not_empty"}],
            ("user_identities.email", "email"),
            ("user_attributes.$firstname", "first_name"),
            ("user_attributes.$lastname", "last_name"),
            ("user_attributes.$mobile", "phone"),
        ),
        sample={
            "user_identities": {"customer_id": "c-1", "email": "zoe@example.com"},
            "user_attributes": {"$firstname": "Zoë", "$lastname": "Young", "$mobile": "+4312345"},
        },
    ),
    Blueprint(
        name="mparticle_purchase",
        label="mParticle: commerce purchase",
        description="A commerce event with a purchase becomes a checkout.",
        definition=webhook(
            "mParticle purchase",
            "mparticle-purchase",
            "checkout",
            [
                is_event("commerce_event"),
                {"attribute": f"body.{PURCHASE}.action", "operator": "equals", "value": "purchase"},
            ],
            (f"{PURCHASE}.transaction_id", "transaction_id"),
            (f"{PURCHASE}.total_amount", "total"),
            (f"{PURCHASE}.tax_amount", "tax"),
            (f"{PURCHASE}.shipping_amount", "shipping"),
            (f"{PURCHASE}.products", "items"),
        ),
        sample=first_event(
            "commerce_event",
            product_action={
                "action": "purchase",
                "transaction_id": "t-58",
                "total_amount": "129.90",
                "tax_amount": 20.1,
                "shipping_amount": 0,
                "products": [{"id": "p-1", "quantity": 2}],
            },
        ),
    ),
    Blueprint(
        name="mparticle_opt_in",
        label="mParticle: opt-in",
        description="A batch of a user who has not opted out is an opt-in.",
        definition=webhook(
            "mParticle opt-in",
            "mparticle-opt-in",
            "opt_in",
            [is_event("opt_out"), {"attribute": f"body.{EVENT}.is_opted_out", "operator": "equals", "value": False}],
            ("user_identities.email", "email"),
            ("user_attributes.$firstname", "first_name"),
            ("user_attributes.$lastname", "last_name"),
        ),
        sample=first_event("opt_out", is_opted_out=False),
    ),
)
