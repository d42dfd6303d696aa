"""Both logs as files for spreadsheets: the rows that the same filters give as a list, streamed page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Download
from gateway.api.collection import AFTER_WITHIN
from gateway.api.operations import Call
from gateway.api.reading import Reader
from gateway.api.site_names import site_names_of
from projections.queries import incoming_log, webhook_log
from projections.queries.tables_as_text import lines
from streams.core.configuration import Configuration

__all__ = ["CSV", "PSV", "Exports", "Format"]

PAGE = "500"
ATTEMPTS = (
    "id",
    "created_at",
    "action",
    "customer",
    "response_code",
    "status",
    "error",
    "site_name",
    "site_id",
    "delivery_id",
    "event_id",
    "subscription_id",
    "chain",
    "attempt",
    "duration_ms",
    "next_attempt_at",
    "trigger",
    "resend_id",
    "remote_ip",
)
REQUESTS = (
    "id",
    "created_at",
    "request_line",
    "endpoint",
    "outcome",
    "status_code",
    "duration_ms",
    "customer",
    "action",
    "event_id",
    "error_code",
    "error_path",
    "definition_id",
    "definition_revision",
)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    suffix: str
    separator: str
    content_type: str


CSV = Format("csv", ",", "text/csv; charset=utf-8; header=present")
PSV = Format("psv", "|", "text/plain; charset=utf-8")

Page = Callable[[Connection, str, Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of one file come from."""

    name: str
    account: str
    page: Page
    columns: Sequence[str]
    form: Format
    parameters: Mapping[str, str]

    def text(self, connection: Connection, cursor: str | None) -> tuple[bytes, str | None]:
        """One page as text, and the cursor of the next."""
        asked = {**self.parameters, "limit": PAGE} | ({} if cursor is None else {"cursor": cursor})
        found = self.page(connection, self.account, asked)
        return lines(found["items"], self.columns, self.form.separator), found["next"]


@dataclass(frozen=True, slots=True)
class Exports:
    """The handlers."""

    reader: Reader
    configuration: Configuration

    async def webhook_log(self, call: Call, form: Format) -> Download:
        """The webhook log."""
        page = partial(webhook_log.page, site_names=site_names_of(self.configuration, call.account))
        return await self._download(call, "webhook-log", page, ATTEMPTS, form)

    async def incoming_log(self, call: Call, form: Format) -> Download:
        """The incoming log."""
        return await self._download(call, "incoming-log", flat_requests, REQUESTS, form)

    async def _download(self, call: Call, name: str, page: Page, columns: Sequence[str], form: Format) -> Download:
        parameters = call.query.model_dump(by_alias=True, exclude_none=True)
        if (after := parameters.pop("after", None)) is not None:
            await self.reader.reached(after, AFTER_WITHIN)
        source = Source(name, call.account, page, columns, form, parameters)
        first, cursor = await self.reader.read(lambda connection: source.text(connection, None))
        head = lines([columns], columns, form.separator)
        filename = f"{call.account}-{name}.{form.suffix}"
        return Download(head + first, self._rest(source, cursor), form.content_type, filename)

    async def _rest(self, source: Source, cursor: str | None) -> AsyncIterator[bytes]:
        while cursor is not None:
            some, cursor = await self.reader.read(partial(source.text, cursor=cursor))
            yield some


def flat_requests(connection: Connection, account: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """A page of the incoming log, each row without objects in it."""
    found = incoming_log.page(connection, account, parameters)
    nothing = {"code": None, "path": None}
    items = [
        {**row, "error_code": (row["error"] or nothing)["code"], "error_path": (row["error"] or nothing)["path"]}
        for row in found["items"]
    ]
    return {**found, "items": items}
