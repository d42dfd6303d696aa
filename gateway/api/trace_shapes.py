"""The shapes of a trace: from the request to the last attempt, with what was decided on the way."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.log_shapes import DeliveryShown, EventRow, RequestRow, RequestWhole
from gateway.api.times import Time
from streams.core.deciding import Decision

__all__ = ["RequestTold", "TraceShown"]

Read = Annotated[str | None, Field(description="what it read, as text; dots where that is a secret")]


class Criterion(BaseModel):
    """The criterion that decided."""

    path: Annotated[str, Field(description="of the criterion in the definition")]
    attribute: str
    operator: str


class DecisionShown(BaseModel):
    """What a subscription made of the event, under the configuration of then."""

    subscription_id: str
    subscription_name: str | None
    revision: int
    site_id: str | None
    site_name: str | None
    outcome: Decision
    criterion: Criterion | None
    read: Read


class TrialShown(BaseModel):
    """What a definition made of the request."""

    definition_id: str
    definition_name: str | None
    revision: int
    outcome: Literal["passed", "filtered", "unverified"]
    criterion: Criterion | None
    read: Read


class RequestTold(RequestWhole):
    """One incoming request, whole, with the definitions that it was tried on."""

    tried: list[TrialShown]


class Timer(BaseModel):
    """An attempt that is to come."""

    delivery_id: str
    attempt_id: str
    site_id: str
    due: Annotated[Time | None, Field(description="null while it is parked")]


class TraceShown(BaseModel):
    """One chain of effects. Without an event there are no decisions; the request says why."""

    request: Annotated[RequestRow | None, Field(description="that became the event")]
    copies: Annotated[list[RequestRow], Field(description="of the request, at most 20")]
    tried: list[TrialShown]
    event: EventRow | None
    decisions: list[DecisionShown]
    deliveries: list[DeliveryShown]
    timers: Annotated[list[Timer], Field(description="the next first")]
    as_of: Annotated[str | None, Field(description="up to when the view has everything")]
