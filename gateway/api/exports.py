"""Logs, events and queue as files: the rows that the same filters give as a list, streamed page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Download
from gateway.api.operations import Call
from gateway.api.reading import Reader
from gateway.api.site_names import orderings_of, site_names_of
from projections.queries import events, incoming_log, queue, webhook_log
from projections.queries.tables_as_text import lines
from schemas.json_text import dump
from streams.core.configuration import Configuration

__all__ = ["CSV", "NDJSON", "PSV", "Exports", "Format"]

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


EVENTS = ("id", "timestamp", "customer", "action", "data", "source_type", "request_id")
QUEUE = (
    "delivery_id",
    "queued_at",
    "reason",
    "blocked_by",
    "action",
    "customer",
    "site_name",
    "site_id",
    "retries",
    "next_attempt_at",
)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file; without a separator it has a JSON object a line, each a row as the list shows it."""

    suffix: str
    separator: str
    content_type: str

    def head(self, columns: Sequence[str]) -> bytes:
        """What stands before the rows."""
        return lines([columns], columns, self.separator) if self.separator else b""

    def text(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], flat: Flat) -> bytes:
        """Some rows."""
        if self.separator:
            return lines(map(flat, rows), columns, self.separator)
        return "".join(f"{dump(row)}\n" for row in rows).encode("utf-8", "replace")


CSV = Format("csv", ",", "text/csv; charset=utf-8; header=present")
PSV = Format("psv", "|", "text/plain; charset=utf-8")
NDJSON = Format("ndjson", "", "application/x-ndjson")

Page = Callable[[Connection, str, Mapping[str, str]], dict[str, Any]]
Flat = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of one file come from."""

    name: str
    account: str
    page: Page
    columns: Sequence[str]
    flat: Flat
    form: Format
    parameters: Mapping[str, str]

    def text(self, connection: Connection, cursor: str | None) -> tuple[bytes, str | None]:
        """One page as text, and the cursor of the next."""
        asked = {**self.parameters, "limit": PAGE} | ({} if cursor is None else {"cursor": cursor})
        found = self.page(connection, self.account, asked)
        return self.form.text(found["items"], self.columns, self.flat), found["next"]


def as_it_is(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return row


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, and how a row is made to fit them."""

    columns: Sequence[str]
    flat: Flat = as_it_is


@dataclass(frozen=True, slots=True)
class Exports:
    """The handlers."""

    reader: Reader
    configuration: Configuration

    async def webhook_log(self, call: Call, form: Format) -> Download:
        """The webhook log."""
        page = partial(webhook_log.page, site_names=site_names_of(self.configuration, call.account))
        return await self._download(call, "webhook-log", page, Layout(ATTEMPTS), form)

    async def incoming_log(self, call: Call, form: Format) -> Download:
        """The incoming log."""
        return await self._download(call, "incoming-log", incoming_log.page, Layout(REQUESTS, flat_request), form)

    async def events(self, call: Call, form: Format) -> Download:
        """The event history."""
        return await self._download(call, "events", events.page, Layout(EVENTS, flat_event), form)

    async def queue(self, call: Call, form: Format) -> Download:
        """What waits."""
        names = site_names_of(self.configuration, call.account)
        page = partial(queue.page, site_names=names, orderings=orderings_of(self.configuration, call.account))
        return await self._download(call, "queue", page, Layout(QUEUE), form)

    async def _download(self, call: Call, name: str, page: Page, layout: Layout, form: Format) -> Download:
        parameters, _ = await self.reader.asked(call)
        source = Source(name, call.account, page, layout.columns, layout.flat, form, parameters)
        first, cursor = await self.reader.read(lambda connection: source.text(connection, None))
        filename = f"{call.account}-{name}.{form.suffix}"
        return Download(form.head(layout.columns) + first, self._rest(source, cursor), form.content_type, filename)

    async def _rest(self, source: Source, cursor: str | None) -> AsyncIterator[bytes]:
        while cursor is not None:
            some, cursor = await self.reader.read(partial(source.text, cursor=cursor))
            yield some


def flat_request(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of the incoming log without objects in it."""
    error = row["error"] or {"code": None, "path": None}
    return {**row, "error_code": error["code"], "error_path": error["path"]}


def flat_event(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event without objects in it; its data is JSON text."""
    source = row["source"]
    return {**row, "data": dump(row["data"]), "source_type": source["type"], "request_id": source["request_id"]}
