"""Reprocessing over HTTP: chosen requests of the incoming log again, through today's definitions, or what would come.

In portions: read, decided in the store's thread, written and acknowledged; however large they are, few are in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.changing import Changer
from gateway.api.operations import Call
from gateway.api.problems import invalid, missing
from gateway.api.reading import Reader
from gateway.api.reprocess_shapes import MOST_REPROCESSED, ReprocessSent
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.incoming.reprocessing import again, definitions_for
from projections.queries import reprocessable
from projections.queries.reprocessable import Chosen
from schemas.codec import encode
from schemas.errors import FieldError, FieldInvalid
from schemas.identity import request_key
from schemas.records import IncomingRequest
from streams.core.arriving import Rerun
from streams.core.definitions import AccountView, Compiler
from streams.edges.kafka import Message

__all__ = ["Reprocessing"]

PORTION = 25  # requests that are in memory at once


@dataclass(slots=True)
class Run:
    """One run and what has come of it; without an id it is a dry one."""

    id: str | None
    view: AccountView
    include_accepted: bool
    items: list[dict[str, Any]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    latest: dict[int, int] = field(default_factory=dict)  # by partition: the offset of its last new row


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessing:
    """The handler; `topic` is that of incoming requests."""

    changer: Changer
    compiler: Compiler
    reader: Reader
    topic: str

    async def run(self, call: Call) -> Answer:
        """Run requests again, or say what would come of it."""
        sent = validated(ReprocessSent, call.body)
        view = self.compiler.account(call.account)
        if view is None:
            raise missing()
        chosen = await self._chosen(call.account, sent)
        run = Run(None if sent.dry_run else time_ordered("run"), view, sent.include_accepted)
        for start in range(0, len(chosen), PORTION):
            portion = chosen[start : start + PORTION]
            made = await self.reader.read(partial(self._decided, run=run, portion=portion))
            if run.id is not None:
                await self._write(run, made)
        return Answer(answer_of(run, dry_run=sent.dry_run))

    async def _chosen(self, account: str, sent: ReprocessSent) -> list[Chosen]:
        if sent.request_ids is not None:
            ids = list(dict.fromkeys(sent.request_ids))
            return await self.reader.read(lambda connection: reprocessable.by_ids(connection, account, ids))
        given = sent.filter.model_dump(by_alias=True, exclude_none=True) if sent.filter else {}
        found = await self.reader.read(lambda connection: self._filtered(connection, account, given))
        if len(found) > MOST_REPROCESSED:
            sentence = f"it selects more than {MOST_REPROCESSED:,} requests; narrow it, by time for example"
            raise invalid([FieldError("filter", sentence)])
        return found

    @staticmethod
    def _filtered(connection: Connection, account: str, given: dict[str, str]) -> list[Chosen]:
        try:
            return reprocessable.by_filter(connection, account, given, MOST_REPROCESSED + 1)
        except FieldInvalid as error:
            raise invalid([FieldError(f"filter.{error.path}", error.message)]) from None

    def _decided(self, connection: Connection, run: Run, portion: Sequence[Chosen]) -> list[IncomingRequest]:
        """In the store's thread: the new records of one portion."""
        return [made for one in portion if (made := self._again(connection, run, one)) is not None]

    def _again(self, connection: Connection, run: Run, one: Chosen) -> IncomingRequest | None:
        if one.has_event and not run.include_accepted:
            run.left_out["gave_an_event"] += 1
            return None
        request = reprocessable.record_of(connection, one)
        if request is None or request.body_truncated:
            run.left_out["not_whole"] += 1
            return None
        definitions = definitions_for(run.view, request)
        if not definitions:
            run.left_out["no_definition"] += 1
            return None
        rerun = Rerun(run.id or "dry", time_ordered("req"))
        made = again(run.view, definitions, request, rerun, keyring=self.changer.keyring, now=self.changer.now())
        run.items.append(item_of(made, dry_run=run.id is None))
        return made

    async def _write(self, run: Run, made: Sequence[IncomingRequest]) -> None:
        messages = [Message(self.topic, request_key(each.account, each.endpoint), encode(each)) for each in made]
        for place in await self.changer.writer.write(*messages):
            run.latest[place.partition] = max(place.offset, run.latest.get(place.partition, -1))


def item_of(made: IncomingRequest, *, dry_run: bool) -> dict[str, Any]:
    error = {"code": made.error_code, "path": made.error_path, "message": made.error_detail}
    return {
        "request_id": made.reprocessed_request_id,
        "id": None if dry_run else made.id,
        "outcome": made.outcome.value,
        "definition_id": made.definition_id,
        "definition_revision": made.definition_revision,
        "event_id": None if dry_run else made.event_id,
        "customer": made.customer,
        "error": error if made.error_code else None,
    }


def answer_of(run: Run, *, dry_run: bool) -> dict[str, Any]:
    places = [f"incoming-requests:{partition}:{offset}" for partition, offset in sorted(run.latest.items())]
    return {
        "run_id": run.id,
        "dry_run": dry_run,
        "count": len(run.items),
        "outcomes": dict(Counter(item["outcome"] for item in run.items)),
        "left_out": {name: run.left_out[name] for name in ("gave_an_event", "not_whole", "no_definition")},
        "items": run.items,
        "position": ",".join(places) or None,
    }
