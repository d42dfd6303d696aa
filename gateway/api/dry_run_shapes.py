"""The shapes of dry runs: a definition against a sample, a logged request, or the last of them."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from gateway.api.times import Time
from schemas.definitions.forms import Form

__all__ = [
    "AT_ONCE",
    "MOST_CHECKED",
    "ChangedRequest",
    "DryRunAnswer",
    "DryRunSent",
    "HistoryAnswer",
    "NewDryRunSent",
    "Sample",
]

AT_ONCE = 1000  # logged requests of one answer; more are a job
MOST_CHECKED = 100_000
PAIR = 2


class Sample(Form):
    """A request to try: the body as text, or as base64 where `body_encoding` says so."""

    method: Literal["POST", "PUT"] | None = None
    query: Annotated[str, Field(description="without the question mark")] = ""
    headers: Annotated[
        list[list[str]],
        Field(description="`[[name, value], ...]`; without a Content-Type it is application/json", max_length=200),
    ] = Field([])
    body: str = ""
    body_encoding: Literal["utf-8", "base64"] = "utf-8"

    @field_validator("headers")
    @classmethod
    def _headers(cls, headers: list[list[str]]) -> list[list[str]]:
        if any(len(each) != PAIR for each in headers):
            raise ValueError("a header is a list of its name and its value")
        return headers

    @model_validator(mode="after")
    def _body(self) -> Sample:
        try:
            self.content  # noqa: B018 - it is looked at whether it can be made
        except (binascii.Error, UnicodeEncodeError):
            raise ValueError(f"the body is not {self.body_encoding}") from None
        return self

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return self.body.encode() if self.body_encoding == "utf-8" else base64.b64decode(self.body, validate=True)


class DryRunSent(Form):
    """What to try a definition on: exactly one of `request`, `request_id` and `last`."""

    definition: Annotated[
        dict[str, Any] | None, Field(description="an incoming webhook, saved or not; null: as it is saved")
    ] = None
    request: Sample | None = None
    request_id: Annotated[str | None, Field(description="a request of the incoming log", max_length=100)] = None
    last: Annotated[int | None, Field(description="so many of the last logged requests; above 1,000 a job", ge=1)] = (
        None
    )

    @field_validator("last")
    @classmethod
    def _last(cls, last: int | None) -> int | None:
        if last is not None and last > MOST_CHECKED:
            raise ValueError(f"at most {MOST_CHECKED:,} requests are checked")
        return last

    @model_validator(mode="after")
    def _one_of(self) -> DryRunSent:
        if sum(each is not None for each in (self.request, self.request_id, self.last)) != 1:
            raise ValueError("give exactly one of `request`, `request_id` and `last`")
        return self


class NewDryRunSent(DryRunSent):
    """The same for a definition that is not saved yet."""

    definition: Annotated[dict[str, Any], Field(description="an incoming webhook")]


class DryRunAnswer(BaseModel):
    """What the definition makes of one request, step by step; nothing was stored and nothing sent."""

    outcome: Literal["accepted", "filtered", "invalid", "malformed", "unverified"]
    filters: Annotated[
        dict[str, Any] | None, Field(description="the tree, `passed` at every node, `read` at each leaf")
    ]
    mapping: list[dict[str, Any]]
    event: dict[str, Any] | None
    answer: dict[str, Any]
    error: dict[str, Any] | None


class Decision(BaseModel):
    """What one definition makes of one request; `event` null also where it would be too much to show."""

    outcome: str
    event: dict[str, Any] | None
    error: dict[str, Any] | None


class ChangedRequest(BaseModel):
    """A logged request that the definition would treat differently."""

    request_id: str
    created_at: Time
    before: Decision
    after: Decision


class HistoryAnswer(BaseModel):
    """What the definition makes of the last logged requests of its endpoint."""

    checked: int
    skipped: Annotated[int, Field(description="requests of which the log has not all")]
    passed_before: int
    passed_after: int
    changed_count: int
    changed: Annotated[list[ChangedRequest], Field(description="the newest first")]
