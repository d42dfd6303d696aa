"""Logged requests again, through today's definitions, in portions: read, decided in the store's thread, written.

However many and large they are, few are in memory. A portion that is done twice gives the same rows and events, since
their ids are derived from the run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from gateway.api.problems import missing
from gateway.api.reading import Reader
from gateway.incoming.reprocessing import again, definitions_for
from gateway.jobs.job import Job
from gateway.jobs.running import REST
from gateway.writing import Writes
from projections.queries import reprocessable
from projections.queries.reprocessable import Chosen
from schemas.codec import encode
from schemas.errors import SecretUnreadable
from schemas.identity import request_id_of_rerun, request_key
from schemas.records import IncomingRequest, Outcome
from streams.core.arriving import Rerun
from streams.core.definitions import AccountView, Compiler
from streams.edges.kafka import Message
from streams.edges.keyring import Keyring

__all__ = ["LEFT_OUT", "Reprocessing", "Rerunning", "Run"]

PORTION = 50  # requests at once
MOST_BYTES = 4 * 1024 * 1024  # of their bodies at once, and one more
MOST_ITEMS = 100  # of a job: those that become no event
REMEMBERED = 100_000  # requests that became an event of which the store may not know yet
LEFT_OUT = ("gave_an_event", "not_whole", "no_definition", "unreadable")


@dataclass(slots=True, kw_only=True)
class Run:
    """One run and what has come of it; a dry one writes nothing. Of a job, few items are kept."""

    id: str
    dry_run: bool
    view: AccountView
    include_accepted: bool
    of_job: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    items: list[dict[str, Any]] = field(default_factory=list)
    latest: dict[str, int] = field(default_factory=dict)  # by partition: the offset of its last new row

    def note(self, made: IncomingRequest) -> None:
        """What one request has become."""
        self.outcomes[made.outcome.value] += 1
        kept = made.outcome is not Outcome.ACCEPTED and len(self.items) < MOST_ITEMS if self.of_job else True
        if kept:
            self.items.append(item_of(made, dry_run=self.dry_run))

    @property
    def found(self) -> dict[str, Any]:
        """The counts, the items, and where the last rows are."""
        return {
            "outcomes": dict(self.outcomes),
            "left_out": {name: self.left_out[name] for name in LEFT_OUT},
            "items": list(self.items),
            "latest": dict(self.latest),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerunning:
    """Runs requests again; `topic` is that of incoming requests, `now` in milliseconds.

    Runs take turns, and each knows what the others have just written: two that begin at once run a request once. Runs
    of other gateways may run it too; its event has the same id then.
    """

    reader: Reader
    writer: Writes
    keyring: Keyring
    topic: str
    now: Callable[[], int]
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock)
    _latest: dict[str, str] = field(default_factory=dict)  # the run that made an event of a request

    async def some(self, run: Run, account: str, ids: Sequence[str]) -> int:
        """Run the first of these, as many as may be in memory; answers how many.

        Raises:
            Problem: the store is away.
            KafkaUnavailable: it is not known whether they were written; they can be run again.
        """
        portion = ids[:PORTION]
        async with self._turns:
            done, made, left_out = await self.reader.read(lambda c: self._decided(c, run, account, portion))
            if not run.dry_run and made:
                await self._write(run, made)
        for each in made:
            run.note(each)
        run.left_out.update(left_out)
        return done

    async def _write(self, run: Run, made: Sequence[IncomingRequest]) -> None:
        messages = [Message(self.topic, request_key(each.account, each.endpoint), encode(each)) for each in made]
        for place in await self.writer.write(*messages):
            run.latest[str(place.partition)] = max(place.offset, run.latest.get(str(place.partition), -1))
        accepted = (each for each in made if each.outcome is Outcome.ACCEPTED)
        self._latest.update({str(each.reprocessed_request_id): run.id for each in accepted})
        while len(self._latest) > REMEMBERED:
            del self._latest[next(iter(self._latest))]

    def _decided(
        self, connection: Connection, run: Run, account: str, ids: Sequence[str]
    ) -> tuple[int, list[IncomingRequest], Counter[str]]:
        """In the store's thread: how many were looked at, their new records, and why there are no more."""
        chosen = {one.id: one for one in reprocessable.by_ids(connection, account, ids, but_of=run.id)}
        made, left_out, done, size = list[IncomingRequest](), Counter[str](), 0, 0
        for request_id in ids:
            done += 1
            record = self._again(connection, run, chosen.get(request_id))
            if isinstance(record, str):
                left_out[record] += 1
                continue
            made.append(record)
            size += len(record.body)
            if size > MOST_BYTES:
                break
        return done, made, left_out

    def _again(self, connection: Connection, run: Run, one: Chosen | None) -> IncomingRequest | str:
        """The new record of one, or why there is none."""
        if one is not None and not run.include_accepted and self._has_event(run, one):
            return "gave_an_event"
        request = None if one is None else reprocessable.record_of(connection, one)
        if request is None or request.body_truncated:
            return "not_whole"
        definitions = definitions_for(run.view, request)
        if not definitions:
            return "no_definition"
        named_by = run.id if run.include_accepted else ""
        rerun = Rerun(request_id_of_rerun(request.id, run.id), named_by)
        try:
            return again(run.view, definitions, request, rerun, run.id, keyring=self.keyring, now=self.now())
        except SecretUnreadable:
            return "unreadable"

    def _has_event(self, run: Run, one: Chosen) -> bool:
        return one.has_event or self._latest.get(one.id, run.id) != run.id


class Reprocessing:
    """See `Work`; the job is about `dry_run` and `include_accepted`."""

    def __init__(self, rerunning: Rerunning, compiler: Compiler) -> None:
        self._rerunning, self._compiler = rerunning, compiler
        self._runs: dict[str, Run] = {}

    def begin(self, job: Job) -> None:
        """Go on where it was, through the definitions of now."""
        view = self._compiler.account(job.account)
        if view is None:
            raise missing()
        run = Run(
            id=job.id,
            dry_run=job.about["dry_run"],
            view=view,
            include_accepted=job.about["include_accepted"],
            of_job=True,
        )
        run.outcomes.update(job.found.get("outcomes", {}))
        run.left_out.update(job.found.get("left_out", {}))
        run.items.extend(job.found.get("items", ()))
        run.latest.update(job.found.get("latest", {}))
        self._runs[job.id] = run

    async def some(self, job: Job) -> float:
        """The next portion."""
        run, ids = self._runs[job.id], job.ids[job.reached :]
        if not ids:  # a part of the set is missing: it will not come any more
            run.left_out["not_whole"] += job.count - job.reached
            job.reached = job.count
        else:
            job.reached += await self._rerunning.some(run, job.account, ids)
        job.found = run.found
        return REST

    def end(self, job: Job) -> None:
        """Nothing more of it."""
        self._runs.pop(job.id, None)


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
