"""The catalogue over HTTP: built-in actions, their fields, which outside systems may trigger; the delays of resends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from gateway.api.answers import Answer
from gateway.api.operations import Call
from schemas.blueprints import BLUEPRINTS
from schemas.catalogue import ACTIONS
from schemas.durations import format_duration

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
    retry_delays: Annotated[list[str], Field(description="those that sites may choose from, the shortest first")]


async def catalogue(_: Call, delays: Sequence[float]) -> Answer:
    """The catalogue; `delays` in seconds."""
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
    return Answer({"items": items, "next": None, "retry_delays": [format_duration(each) for each in sorted(delays)]})


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
