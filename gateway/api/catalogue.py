"""The event catalogue over HTTP: the built-in actions, their fields, and which of them outside systems may trigger."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.operations import Call
from schemas.blueprints import BLUEPRINTS
from schemas.catalogue import ACTIONS

__all__ = ["Blueprints", "Catalogue", "blueprints", "catalogue"]


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


class BlueprintShown(BaseModel):
    """A start for a new incoming webhook."""

    name: str
    label: str
    description: str
    definition: Annotated[dict[str, Any], Field(description="fields of an incoming webhook; what is missing is blank")]
    sample: Annotated[dict[str, Any], Field(description="a body that it accepts, for a dry run")]


class Blueprints(BaseModel):
    """Every blueprint."""

    items: list[BlueprintShown]
    next: None


async def blueprints(_: Call) -> Answer:
    """The blueprints, Blank first."""
    return Answer({"items": [asdict(each) for each in BLUEPRINTS], "next": None})
