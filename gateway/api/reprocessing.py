"""Reprocessing over HTTP: chosen requests of the incoming log again, through today's definitions, or what would come.

Up to a thousand are answered at once; more are a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gateway.api.answers import Answer
from gateway.api.jobs import job_shown, started
from gateway.api.operations import Call
from gateway.api.problems import invalid, missing
from gateway.api.reading import Reader
from gateway.api.reprocess_shapes import AT_ONCE, MOST_REPROCESSED, ReprocessSent
from gateway.api.validation import validated
from gateway.identifiers import time_ordered
from gateway.jobs.job import ID_PREFIX, JobType
from gateway.jobs.reprocessing import LEFT_OUT, Rerunning, Run
from gateway.jobs.starting import Starting
from projections.queries import reprocessable
from schemas.errors import FieldError, FieldInvalid
from streams.core.definitions import AccountView, Compiler

__all__ = ["ReprocessDoor"]

DRY = "dry"  # the id of every dry run: it writes none
MOST_SAID = 20  # of the ids that are unknown
SHOWN = 64  # characters of one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessDoor:
    """The handler."""

    compiler: Compiler
    reader: Reader
    rerunning: Rerunning
    starting: Starting

    async def run(self, call: Call) -> Answer:
        """Run requests again, or say what would come of it."""
        sent = validated(ReprocessSent, call.body)
        view = self.compiler.account(call.account)
        if view is None:
            raise missing()
        ids = await self._chosen(call.account, sent)
        if len(ids) <= AT_ONCE:
            return await self._at_once(call.account, sent, view, ids)
        about = {"dry_run": sent.dry_run, "include_accepted": sent.include_accepted}
        nothing = {"outcomes": {}, "left_out": dict.fromkeys(LEFT_OUT, 0), "items": [], "latest": {}}
        job, position = await self.starting.start(call, JobType.REPROCESS, ids, about, nothing)
        return started(job, position, job_shown)

    async def _at_once(self, account: str, sent: ReprocessSent, view: AccountView, ids: Sequence[str]) -> Answer:
        run_id = DRY if sent.dry_run else time_ordered(ID_PREFIX[JobType.REPROCESS])
        run = Run(id=run_id, dry_run=sent.dry_run, view=view, include_accepted=sent.include_accepted)
        while ids:
            ids = ids[await self.rerunning.some(run, account, ids) :]
        return Answer(answer_of(run))

    async def _chosen(self, account: str, sent: ReprocessSent) -> list[str]:
        """The requests that came first, the oldest first."""
        if sent.request_ids is not None:
            ids = sent.request_ids
            return await self.reader.read(lambda connection: of_ids(connection, account, ids))
        given = sent.filter.model_dump(by_alias=True, exclude_none=True) if sent.filter else {}
        chosen = await self.reader.read(lambda connection: of_filter(connection, account, given))
        if len(chosen) > MOST_REPROCESSED:
            sentence = f"it selects more than {MOST_REPROCESSED:,} requests; narrow it, by time for example"
            raise invalid([FieldError("filter", sentence)])
        return chosen


def of_ids(connection: Connection, account: str, ids: Sequence[str]) -> list[str]:
    different = list(dict.fromkeys(ids))
    known = reprocessable.known_of(connection, account, different)
    unknown = [n for n, each in enumerate(ids) if each not in known]
    if unknown:
        raise invalid(
            FieldError(f"request_ids.{n}", f"the log has no request {ids[n][:SHOWN]!r}") for n in unknown[:MOST_SAID]
        )
    return [each.id for each in reprocessable.by_ids(connection, account, different)]


def of_filter(connection: Connection, account: str, given: dict[str, str]) -> list[str]:
    try:
        return reprocessable.by_filter(connection, account, given, MOST_REPROCESSED + 1)
    except FieldInvalid as error:
        raise invalid([FieldError(f"filter.{error.path}", error.message)]) from None


def answer_of(run: Run) -> dict[str, Any]:
    places = [f"incoming-requests:{number}:{offset}" for number, offset in sorted(run.latest.items())]
    return {
        "run_id": None if run.dry_run else run.id,
        "dry_run": run.dry_run,
        "count": len(run.items),
        "outcomes": dict(run.outcomes),
        "left_out": {name: run.left_out[name] for name in LEFT_OUT},
        "items": run.items,
        "position": ",".join(places) or None,
    }
