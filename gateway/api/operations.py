"""Operations: what the API can do, as values. Routes, checks and the OpenAPI document are all made from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from gateway.api.answers import Answer, Download, EventStream
from gateway.api.callers import Caller

__all__ = ["AFTER_WITHIN", "Access", "Call", "Operation", "Query"]

AFTER_WITHIN = 2.0  # seconds that a list waits for `after`


class Access(StrEnum):
    """Who may do it."""

    ANYBODY = "anybody"
    KEY = "key"  # any key
    READ = "read"  # a key of the account in the path, or the operator's
    WRITE = "write"  # the same, with the scope `write`
    OPERATOR = "operator"


class Query(BaseModel):
    """Query parameters; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, checked as far as its operation says."""

    caller: Caller | None
    path: Mapping[str, str]
    query: Any  # of the operation's `query`
    body: Any  # JSON, not yet validated
    remote: str = ""  # the address that it came from
    secure: bool = False  # it came by https
    last_event_id: str = ""  # of a stream that is taken up again
    admitted: Callable[[], bool] = lambda: True  # whether the caller may still do this, for what lasts
    trace_parent: str | None = None  # the W3C trace that the call belongs to

    @property
    def account(self) -> str:
        """The account that the path names."""
        return self.path["account"]

    @property
    def author(self) -> str:
        """Who signs a change."""
        return self.caller.author if self.caller else "nobody"


Handle = Callable[[Call], Awaitable[Answer | Download | EventStream]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. `body` and `answer` are what pydantic can make a JSON schema of."""

    method: str
    path: str
    access: Access
    summary: str
    handle: Handle
    tag: str = ""
    query: type[Query] = Query
    body: Any = None
    body_optional: bool = False
    answer: Any = None
    downloads: str = ""  # the content type, where the answer is a file
    status: int = 200
    other_status: int = 0  # of the same answer, where nothing had to be made
    other_says: str = "it was there already, and is as it was"
    max_body: int = 0  # bytes; 0: the setting
    new_account: bool = False  # may be called by the operator for an account that does not exist yet
    problems: tuple[str, ...] = field(default=())
