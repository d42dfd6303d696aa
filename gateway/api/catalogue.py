"""The event catalogue over HTTP: the built-in actions, their fields, and which of them outside systems may trigger."""

from __future__ import annotations

from pydantic import BaseModel

from gateway.api.answers import Answer
from gateway.api.operations import Call
from schemas.catalogue import ACTIONS

__all__ = ["Catalogue", "catalogue"]


class CatalogueAction(BaseModel):
    """One built-in action; none of its fields is required."""

    name: str
    label: str
    fields: list[str]
    number_fields: list[str]
    triggerable: bool


class Catalogue(BaseModel):
    """Every built-in action."""

    items: list[CatalogueAction]
    next: None


async def catalogue(_: Call) -> Answer:
    """The catalogue."""
    items = [
        {
            "name": action.name,
            "label": action.label,
            "fields": list(action.fields),
            "number_fields": sorted(action.number_fields),
            "triggerable": action.triggerable,
        }
        for action in ACTIONS.values()
    ]
    return Answer({"items": items, "next": None})
