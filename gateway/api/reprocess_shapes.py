"""The shapes of reprocessing: which logged requests, and what became of each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from schemas.definitions.forms import Form
from schemas.records import Outcome

__all__ = ["AT_ONCE", "MOST_REPROCESSED", "LeftOut", "ReprocessSent", "Reprocessed", "ReprocessedRequest"]

AT_ONCE = 1000  # requests; more are a job
MOST_REPROCESSED = 100_000
MOST_NAMED = 10_000

Text = Annotated[str | None, Field(min_length=1, max_length=1024)]


class ReprocessFilter(Form):
    """Filters of the incoming log, by the same names."""

    outcome: Annotated[str | None, Field(description=", ".join(Outcome))] = None
    endpoint: Text = None
    definition_id: Text = None
    status_code: Annotated[str | None, Field(description="such as 422")] = None
    action: Text = None
    customer: Text = None
    from_: Annotated[str | None, Field(alias="from", description="ISO 8601, included")] = None
    to: Annotated[str | None, Field(description="ISO 8601, not included")] = None


class ReprocessSent(Form):
    """Requests by id, or by a filter; a dry run says what would come of them and writes nothing.

    More than a thousand are a job.
    """

    request_ids: Annotated[list[str] | None, Field(min_length=1, max_length=MOST_NAMED)] = None
    filter: ReprocessFilter | None = None
    dry_run: bool = False
    include_accepted: Annotated[bool, Field(description="also those that have given an event already")] = False

    @model_validator(mode="after")
    def _one_of(self) -> ReprocessSent:
        if (self.request_ids is None) == (self.filter is None):
            raise ValueError("give exactly one of `request_ids` and `filter`")
        return self


class ReprocessedRequest(BaseModel):
    """One request. `id` is that of its new row, null in a dry run."""

    request_id: str
    id: str | None
    outcome: Outcome
    definition_id: str
    definition_revision: int
    event_id: Annotated[str | None, Field(description="null in a dry run: the event of a run has its own id")]
    customer: str | None
    error: dict[str, Any] | None


class LeftOut(BaseModel):
    """How many were not run, and why."""

    gave_an_event: int
    not_whole: Annotated[int, Field(description="the log has only the start of their body, or no body any more")]
    no_definition: Annotated[int, Field(description="nobody has their endpoint today")]
    unreadable: Annotated[int, Field(description="sealed with a key that this gateway has no more")]


class Reprocessed(BaseModel):
    """What became of the requests, the oldest first."""

    run_id: str | None
    dry_run: bool
    count: int
    outcomes: dict[str, int]
    left_out: LeftOut
    items: list[ReprocessedRequest]
    position: Annotated[str | None, Field(description="of the new rows: lists take it as `after`")]
